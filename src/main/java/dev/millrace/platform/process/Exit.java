package dev.millrace.platform.process;

/**
 * How a child ended.
 *
 * @param code the exit code; 128 + n after signal n
 * @param output the first mebibyte of standard output, empty when an {@link Output} read it
 * @param errors the last 8 kB of standard error
 */
public record Exit(int code, Ending ending, String output, String errors) {
    /** Why it ended. FFmpeg answers {@code q} with code 0: success needs both. */
    public enum Ending {
        /** By itself. */
        FINISHED,
        /** We asked it to stop. */
        QUIT,
        /** We killed it. */
        KILLED,
        /** Its time was over. */
        DEADLINE
    }

    public boolean ok() {
        return code == 0 && ending == Ending.FINISHED;
    }
}
