/**
 * The event log: what is told about a generation, numbered, so that a reader who comes back misses nothing and hears nothing
 * twice.
 *
 * <p>Changes of state are committed in the transaction of the change and told afterwards. Text, progress and previews are told at
 * once and reach Postgres a few milliseconds later in batches; a reader of a node that died may therefore know more than the
 * table. That is why an id is {@code <epoch>.<seq>.<bytes of text>}: whoever takes over begins a larger epoch with a {@code
 * reset} that says from which text it goes on.
 *
 * <p>{@link dev.millrace.generation.events.EventLog} is the face. {@code Tape}, {@code Replay}, {@code Reading} and {@code
 * Transcript} are the rules, free of I/O and tested as a model; the other classes carry them over Postgres, Redis and memory. The
 * table is the truth, every other way is a hint. Knows neither providers nor money.
 */
@NullMarked
package dev.millrace.generation.events;

import org.jspecify.annotations.NullMarked;
