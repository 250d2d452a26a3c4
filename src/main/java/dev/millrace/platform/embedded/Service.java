package dev.millrace.platform.embedded;

/** What can come out of the jar. */
public enum Service {
    POSTGRES,
    REDIS,
    FFMPEG
}
