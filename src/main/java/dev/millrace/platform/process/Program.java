package dev.millrace.platform.process;

/** The programs that run in the box. */
public enum Program {
    FFMPEG("ffmpeg"),
    FFPROBE("ffprobe");

    private final String file;

    Program(String file) {
        this.file = file;
    }

    /** The name of its file in the folder of the tools. */
    String file() {
        return file;
    }
}
