package dev.millrace.generation.provider.studio;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Watches a text for the sequences that end it.
 *
 * <p>A piece that may be the beginning of such a sequence is held back until it is clear whether it is one, so that nothing of it
 * is ever shown.
 */
final class StopText {
    private final List<String> sequences;
    private final StringBuilder held = new StringBuilder();
    private boolean reached;

    StopText(List<String> sequences) {
        this.sequences = sequences.stream().filter(text -> !text.isEmpty()).toList();
    }

    /** What of the text so far may be shown now; null when it is nothing. */
    @Nullable
    String pass(String piece) {
        if (sequences.isEmpty()) {
            return piece;
        }
        held.append(piece);
        int end = sequences.stream()
                .mapToInt(held::indexOf)
                .filter(index -> index >= 0)
                .min()
                .orElse(-1);
        reached = end >= 0;
        int free = reached ? end : held.length() - possibleBeginning();
        String shown = held.substring(0, free);
        held.delete(0, free);
        return shown.isEmpty() ? null : shown;
    }

    /** Whether one of the sequences has come: nothing more is to be shown. */
    boolean reached() {
        return reached;
    }

    /** What was held back, once it is known that nothing follows. */
    @Nullable
    String rest() {
        String rest = reached ? "" : held.toString();
        held.setLength(0);
        return rest.isEmpty() ? null : rest;
    }

    private int possibleBeginning() {
        int longest = 0;
        for (String sequence : sequences) {
            for (int size = Math.min(sequence.length() - 1, held.length()); size > longest; size--) {
                if (sequence.startsWith(held.substring(held.length() - size))) {
                    longest = size;
                }
            }
        }
        return longest;
    }
}
