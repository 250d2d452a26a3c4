/**
 * Analytics: what happened, kept as facts.
 *
 * <p>Whoever changes something worth counting records a {@link dev.millrace.analytics.Fact} in the same transaction with
 * {@link dev.millrace.analytics.Analytics#record}: a fact is there exactly if what it tells happened. What is refused has none, and is
 * counted by {@link dev.millrace.analytics.Refusals}. Facts are only added, never changed; reports read them later.
 *
 * <p>This room lies below all others. It takes ids as plain UUIDs and knows no feature; a new kind of fact is a new record here.
 * Facts hold no prompts, outputs, addresses or e-mails.
 */
@NullMarked
package dev.millrace.analytics;

import org.jspecify.annotations.NullMarked;
