/**
 * The platform wing: what any product of this kind needs, and nothing of this one.
 *
 * <p>Its rooms are http, jobs, limits, idempotency, redis, sql, process, embedded, outbound, settings, json, logging, problem. They
 * may be lifted into another application; no class here may know of accounts, credits, media or generations.
 *
 * <p>The package itself holds the few values everybody uses: ids, keys, micro-credits, secrets, what is recent, how
 * webhooks are signed, why a server cannot start, and the points at which tests kill the process.
 */
@NullMarked
package dev.millrace.platform;

import org.jspecify.annotations.NullMarked;
