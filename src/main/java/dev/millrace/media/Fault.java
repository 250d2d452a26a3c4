package dev.millrace.media;

import dev.millrace.platform.problem.ProblemType;

/** Why an asset was rejected or a job failed: a problem without the parts that belong to one request. */
public record Fault(String type, String title, int status, String code, String detail) {
    /** {@code detail} is a sentence for the owner of the file. */
    public static Fault of(ProblemType type, String detail) {
        return new Fault("/problems/" + type.code(), type.title(), type.status(), type.code(), detail);
    }
}
