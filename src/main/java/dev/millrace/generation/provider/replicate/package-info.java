/**
 * Replicate: predictions, followed by their id (replicate.com/docs/reference/http).
 *
 * <p>A prediction is created without waiting for it, so that its id is stored at once, and with a deadline of its own, so that one we
 * lose sight of does not cost for ever. A create whose answer was lost is looked for among the account's predictions by its input.
 * Text comes as a stream of events; when that breaks, the rest comes from the prediction itself, whose output only grows. Files lie at
 * addresses for an hour and are fetched at once. Where the operator gave a secret for it, the vendor knocks when a prediction is over:
 * then the next look at it is due, and nothing of what the knock says is believed.
 */
@NullMarked
package dev.millrace.generation.provider.replicate;

import org.jspecify.annotations.NullMarked;
