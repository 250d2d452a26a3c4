/**
 * The platform wing: what any product of this kind needs, and nothing of this one.
 *
 * <p>Its rooms are http, jobs, limits, redis, sql, process, embedded, problem. They may be lifted into another application; no
 * class here may know of accounts, credits, media or generations.
 *
 * <p>The package itself holds the few values everybody uses: ids, micro-credits, secrets, the points at which tests kill the
 * process, and the reader of settings.
 */
@NullMarked
package dev.millrace.platform;

import org.jspecify.annotations.NullMarked;
