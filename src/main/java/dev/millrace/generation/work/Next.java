package dev.millrace.generation.work;

import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.catalogue.Model;

/**
 * The next call of a run.
 *
 * @param tell whether readers are told that it starts; another look at a job that runs is not
 * @param repeated whether this model was called before and failed
 */
record Next(Model model, Provider provider, int number, Foothold foothold, boolean tell, boolean repeated) {
    Next again(int attempt) {
        return new Next(model, provider, attempt, new Foothold.None(), true, true);
    }

    /** The same call once more, when the vendor has its job or may have it. */
    Next resuming(Calls.Last last) {
        Foothold known = last.foothold();
        return known instanceof Foothold.None ? this : new Next(model, provider, last.attempt(), known, true, true);
    }
}
