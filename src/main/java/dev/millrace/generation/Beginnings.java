package dev.millrace.generation;

import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.media.Asset;
import dev.millrace.media.AssetStatus;
import dev.millrace.media.Media;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Tx;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Judges the pictures that generations begin with. Each must be an asset of the same account that is ready; from the commit that
 * begins the generation to the one that ends it it cannot be deleted.
 */
final class Beginnings {
    private final Media media;

    Beginnings(Media media) {
        this.media = media;
    }

    /**
     * The pictures as they were asked for, when they are as many as the model takes.
     *
     * @param taken what the model takes here
     * @throws Problem INVALID_REQUEST that points at {@code /inputs} when it takes none, or needs more; UNPROCESSABLE_MEDIA that
     *     points at each that is one too many or was given before
     */
    static List<UUID> judge(@Nullable List<UUID> asked, Model model, Model.Inputs taken) {
        List<UUID> inputs = asked == null ? List.of() : asked;
        if (!inputs.isEmpty() && taken.maximum() == 0) {
            throw Proposals.fault("/inputs", "unknown_field", "are not taken by the model " + model.id());
        }
        if (inputs.size() < taken.minimum()) {
            throw Proposals.fault(
                    "/inputs",
                    "required",
                    "must name at least " + taken.minimum() + ": the model begins with a picture");
        }
        var faults = new Faults();
        var seen = new HashSet<UUID>();
        for (int i = 0; i < inputs.size(); i++) {
            if (i >= taken.maximum()) {
                faults.add(i, "out_of_range", "is more than the " + taken.maximum() + " that the model takes");
            } else if (!seen.add(inputs.get(i))) {
                faults.add(i, "duplicate", "is given twice");
            }
        }
        faults.refuse();
        return List.copyOf(inputs);
    }

    /**
     * Has the pictures stay until the transaction ends; from then on the generation that it begins has them stay.
     *
     * @throws Problem UNPROCESSABLE_MEDIA that points at each that cannot be used: somebody else's is as one that is not there
     */
    void require(Tx tx, UUID account, Proposal proposal) {
        List<UUID> inputs = proposal.inputs();
        if (inputs.isEmpty()) {
            return;
        }
        Map<UUID, Asset> assets =
                media.keep(tx, account, inputs).stream().collect(Collectors.toMap(Asset::id, Function.identity()));
        var faults = new Faults();
        for (int i = 0; i < inputs.size(); i++) {
            Asset asset = assets.get(inputs.get(i));
            if (asset == null) {
                faults.add(i, "unknown_asset", "names no asset of this account");
            } else if (!proposal.model().inputs().kinds().contains(asset.kind().code())) {
                faults.add(
                        i,
                        "wrong_kind",
                        "must be a picture, not " + asset.kind().code());
            } else if (asset.status() != AssetStatus.READY) {
                faults.add(
                        i,
                        "not_ready",
                        asset.status() == AssetStatus.PROCESSING
                                ? "is still being processed"
                                : "was rejected, so it cannot be used");
            }
        }
        faults.refuse();
    }

    /** What is wrong, each with its place. */
    private static final class Faults {
        private @Nullable Problem problem;

        void add(int index, String code, String detail) {
            String pointer = "/inputs/" + index;
            Problem present = problem;
            problem = present == null
                    ? Problem.of(ProblemType.UNPROCESSABLE_MEDIA, pointer + " " + detail + ".")
                            .at(pointer, code, detail)
                    : present.at(pointer, code, detail);
        }

        void refuse() {
            Problem found = problem;
            if (found != null) {
                throw found;
            }
        }
    }
}
