package dev.millrace.webhooks;

import dev.millrace.platform.jobs.Job;
import java.util.UUID;

/** Have an endpoint's courier look again: something that had to wait is due. */
record WakeCourier(UUID endpoint) implements Job {}
