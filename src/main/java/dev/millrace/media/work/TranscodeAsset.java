package dev.millrace.media.work;

import dev.millrace.platform.jobs.Job;
import java.util.UUID;

/** Make a video of this asset that plays everywhere. */
public record TranscodeAsset(UUID asset) implements Job {}
