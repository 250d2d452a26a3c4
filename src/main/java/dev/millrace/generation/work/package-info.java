/**
 * The making of generations: a job that calls the provider, tells what happens, and ends it.
 *
 * <p>{@link dev.millrace.generation.work.GenerationWorker} takes the job; {@code Run} is one run of it: attempt after attempt in the
 * one retry loop, then the media, then the end. {@code Call} hears the provider and is the one place where its events become ours.
 * {@link dev.millrace.generation.work.Endings} is the one commit that holds result, money, terminal event and the turn of whoever
 * waits next; {@link dev.millrace.generation.work.Slots} keeps the turns.
 *
 * <p>May be assumed: whatever a run writes shows the fence of its job first (or removes the job), then takes the account's turn, then
 * touches money, in this order everywhere. A job at a vendor is created at most once an attempt, because the intention is committed
 * before and its id after, and no attempt begins while an earlier job may still live. No transaction is open while a provider, a file or a reader is waited for.
 */
@NullMarked
package dev.millrace.generation.work;

import org.jspecify.annotations.NullMarked;
