package dev.millrace.generation.work;

import dev.millrace.platform.jobs.Job;
import java.util.UUID;

/** Make this generation, from wherever it stands, to its end. */
public record RunGeneration(UUID generation) implements Job {}
