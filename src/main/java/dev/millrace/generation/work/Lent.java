package dev.millrace.generation.work;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.Inputs;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.media.Fit;
import dev.millrace.media.Media;
import dev.millrace.media.Original;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of one generation, copied out of storage when its provider asks for them.
 *
 * @param taken what the model takes
 * @param folder of the call
 */
record Lent(Media media, Task task, Model.Inputs taken, Path folder, Cancellation cancellation) implements Inputs {
    @Override
    public int count() {
        return ids().size();
    }

    @Override
    public @Nullable String name() {
        return taken.name();
    }

    @Override
    public boolean several() {
        return taken.maximum() > 1;
    }

    @Override
    public List<Path> copies(Fit fit) throws ProviderFailure, InterruptedException {
        var copies = new ArrayList<Path>(count());
        for (UUID id : ids()) {
            copies.add(copy(id, fit, "input-" + (copies.size() + 1)));
        }
        return copies;
    }

    private List<UUID> ids() {
        return task.order().wish().inputs();
    }

    private Path copy(UUID id, Fit fit, String name) throws ProviderFailure, InterruptedException {
        cancellation.check();
        try {
            return media.copy(
                    original(id), fit, Files.createDirectories(folder.resolve(name)), cancellation::requested);
        } catch (Problem refused) {
            cancellation.check();
            if (refused.type() == ProblemType.NOT_FOUND) {
                throw new ProviderFailure(Kind.INVALID, "The picture it begins with is gone.");
            }
            if (refused.type() == ProblemType.UNPROCESSABLE_MEDIA) {
                throw new ProviderFailure(Kind.INVALID, refused.detail());
            }
            throw refused;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Asks the database, in which nobody may be interrupted. */
    private Original original(UUID id) {
        task.interrupts().inside();
        try {
            return media.original(task.order().account(), id);
        } finally {
            task.interrupts().outside();
        }
    }
}
