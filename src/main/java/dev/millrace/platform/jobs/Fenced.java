package dev.millrace.platform.jobs;

import java.util.UUID;

/**
 * Somebody else owns the job now, or it is gone: whoever meets this must stop and write nothing more. It is never turned into a
 * retry.
 */
@SuppressWarnings("serial") // never serialised
public final class Fenced extends RuntimeException {
    Fenced(UUID job, long claim) {
        super("claim " + claim + " on job " + job + " is gone", null, false, false);
    }
}
