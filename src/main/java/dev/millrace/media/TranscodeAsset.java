package dev.millrace.media;

import dev.millrace.platform.jobs.Job;
import java.util.UUID;

/** Make a video of this asset that plays everywhere. */
record TranscodeAsset(UUID asset) implements Job {}
