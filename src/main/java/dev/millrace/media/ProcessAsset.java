package dev.millrace.media;

import dev.millrace.platform.jobs.Job;
import java.util.UUID;

/** Look at a new file, and make what is made quickly: small pictures. */
record ProcessAsset(UUID asset) implements Job {}
