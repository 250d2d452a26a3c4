package dev.millrace.platform.process;

/** Lets tests of command lines see files where the box shows them. */
public final class Places {
    private Places() {}

    public static Place inTheBox() {
        return new Place("/in", "/out");
    }
}
