package dev.millrace.media.work;

import dev.millrace.platform.jobs.Job;
import java.util.UUID;

/** Look at a new file, and make what is made quickly: small pictures. */
public record ProcessAsset(UUID asset) implements Job {}
