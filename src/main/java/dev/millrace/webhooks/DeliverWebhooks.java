package dev.millrace.webhooks;

import dev.millrace.platform.jobs.Job;
import java.util.UUID;

/** Send an endpoint what is due. */
record DeliverWebhooks(UUID endpoint) implements Job {}
