/**
 * Idempotency keys: a call that creates or charges may be sent again without doing it again.
 *
 * <p>A client sends {@code Idempotency-Key}; the first call that has an effect leaves its answer under that key in the commit of
 * the effect, so a key that is there means that it happened, and one that is not there that it did not. {@link
 * dev.millrace.platform.idempotency.Idempotency} finds and keeps such answers for a day, {@link
 * dev.millrace.platform.idempotency.IdempotencyKey} is a key with the fingerprint of the call that carries it.
 *
 * <p>Keys belong to an account; what began nothing leaves no answer. Knows no feature.
 */
@NullMarked
package dev.millrace.platform.idempotency;

import org.jspecify.annotations.NullMarked;
