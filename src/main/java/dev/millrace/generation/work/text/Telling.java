package dev.millrace.generation.work.text;

import dev.millrace.generation.provider.ProviderEvent.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What a call says as readers are told it: well-formed, and without what they have already. Counts on the way what it delivers. Not
 * thread-safe.
 */
public final class Telling {
    private final TextFlow flow = new TextFlow();
    private final @Nullable Spoken spoken;
    private final @Nullable Seam seam;
    private final @Nullable Retold retold;
    private final long had;
    private final long wordsBefore;
    private long bytes;

    private Telling(@Nullable Spoken spoken, @Nullable Retold retold) {
        this.spoken = spoken;
        this.seam = spoken == null ? null : new Seam(spoken.text());
        this.retold = retold;
        if (spoken != null) {
            flow.pass(spoken.text());
        }
        this.had = spoken == null ? 0 : TextFlow.utf8(spoken.text());
        this.wordsBefore = flow.words();
        this.bytes = had;
    }

    /** Of a call that begins an answer. */
    public static Telling anew() {
        return new Telling(null, null);
    }

    /** Of a call that goes on with what readers have. */
    public static Telling goingOn(Spoken spoken) {
        return new Telling(spoken, null);
    }

    /** Of a call that tells from the beginning again what readers have some of. */
    public static Telling again(String standing) {
        return new Telling(null, new Retold(standing));
    }

    /** More of the answer; what of it is to be told, which may be nothing. */
    public String pass(String text) {
        return fresh(seam == null ? text : seam.pass(text));
    }

    /** The answer is whole: what was held back of it. */
    public String rest() {
        return fresh(seam == null ? "" : seam.rest()) + (retold == null ? "" : retold.rest());
    }

    /** Something that is no text counts as so many bytes of the answer. */
    public void count(int more) {
        bytes += more;
    }

    /** Whether readers keep what they have, and are told what follows. */
    public boolean goesOn() {
        return spoken != null || retold != null && !retold.differs();
    }

    /** Whether it goes on with an answer that had been begun by another call. */
    public boolean continued() {
        return spoken != null;
    }

    /** Of the whole answer. */
    public long bytes() {
        return bytes;
    }

    /** What the call itself said, in bytes of UTF-8. */
    public long ownBytes() {
        return bytes - had;
    }

    /** What the call itself said, in words. */
    public long ownWords() {
        return flow.words() - wordsBefore;
    }

    /** What is charged when the answer is kept: of one that was gone on with the prompt once, and all that was delivered. */
    public Usage charged(Usage consumed) {
        Spoken begun = spoken;
        if (begun == null) {
            return consumed;
        }
        int repeated = seam == null ? 0 : seam.repeated();
        String twice = begun.text().substring(begun.text().length() - repeated);
        return begun.and(consumed, bytes - had, TextFlow.utf8(twice));
    }

    private String fresh(String text) {
        String told = text.isEmpty() ? null : flow.pass(text);
        if (told == null) {
            return "";
        }
        bytes += TextFlow.utf8(told);
        return retold == null ? told : retold.pass(told);
    }
}
