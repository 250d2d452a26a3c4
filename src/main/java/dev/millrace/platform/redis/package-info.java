/**
 * Redis: a fast wire between nodes and the place of counters, never of the truth.
 *
 * <p>{@link dev.millrace.platform.redis.Redis} runs {@link dev.millrace.platform.redis.Script}s and carries messages. Calls pass a fair
 * semaphore as large as the pool, because thousands of virtual threads on the bare pool bring it to a standstill. Timeouts are
 * short, and a breaker makes a dead or frozen server cost a fraction of a second once: after that every call is answered
 * {@link dev.millrace.platform.redis.RedisAway} at once, until a probe finds the server again.
 *
 * <p>Assume that a message may be lost and that a key may be gone. No other package may use the client's classes.
 */
@NullMarked
package dev.millrace.platform.redis;

import org.jspecify.annotations.NullMarked;
