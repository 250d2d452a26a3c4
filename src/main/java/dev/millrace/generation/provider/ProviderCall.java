package dev.millrace.generation.provider;

import dev.millrace.media.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one generation.
 *
 * @param attempt counts from 1, over all servers that tried
 * @param folder exists, is empty or holds what an earlier attempt left, and takes artifacts and previews
 * @param inputs what it begins with beside words
 */
public record ProviderCall(
        UUID generation,
        int attempt,
        Request request,
        Foothold foothold,
        Path folder,
        Cancellation cancellation,
        Inputs inputs) {

    /** One that begins with words alone. */
    public ProviderCall(
            UUID generation, int attempt, Request request, Foothold foothold, Path folder, Cancellation cancellation) {
        this(generation, attempt, request, foothold, folder, cancellation, Inputs.NONE);
    }

    /**
     * Copies of its pictures for a create; none when there is a job already, which was given its own.
     *
     * @throws ProviderFailure as {@link Inputs#copies} does
     */
    public List<Path> copies(Fit fit) throws ProviderFailure, InterruptedException {
        return foothold instanceof Foothold.Accepted ? List.of() : inputs.copies(fit);
    }

    /** The first of {@link #pictures}, for a vendor who takes one; null when there is none. */
    public @Nullable Picture picture(Fit fit) throws ProviderFailure, InterruptedException {
        List<Picture> all = pictures(fit);
        return all.isEmpty() ? null : all.getFirst();
    }

    /** The same as what a request to a vendor carries. */
    public List<Picture> pictures(Fit fit) throws ProviderFailure, InterruptedException {
        var pictures = new ArrayList<Picture>();
        for (Path copy : copies(fit)) {
            try {
                pictures.add(new Picture(Files.readAllBytes(copy)));
            } catch (IOException unreadable) {
                throw new ProviderFailure(ProviderFailure.Kind.TRANSIENT, unreadable);
            }
        }
        return pictures;
    }
}
