package dev.millrace.platform.jobs;

import java.util.UUID;

/** A job to be put into the queue. */
public record Wish(UUID account, Job job, Enqueue how) {}
