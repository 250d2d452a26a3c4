package dev.millrace.payments;

import dev.millrace.platform.jobs.Job;

/** Act upon an event of Stripe's. */
record HandleEvent(String event) implements Job {}
