/**
 * Webhooks: an account's own servers are told what happened, by the rules of Standard Webhooks.
 *
 * <p>The rooms below say what changed, in the transaction that changes it; {@link dev.millrace.webhooks.Outbox} writes a delivery for
 * each endpoint that wants to know and enqueues the endpoint's courier in that same commit, so nothing is lost and nothing is told that
 * did not happen. One courier at a time works for an endpoint, with a few calls at once: a slow or dead one delays only its own.
 *
 * <p>May be assumed: a message is told at least once, under one id however often, in no promised order; what it tells is read when it
 * is sent, as the API shows it then. Secrets lie sealed and are shown once. Every address is judged when it is saved by its form and at
 * each call by where its name leads. Stands on all rooms whose things it tells of; none of them knows it.
 */
@NullMarked
package dev.millrace.webhooks;

import org.jspecify.annotations.NullMarked;
