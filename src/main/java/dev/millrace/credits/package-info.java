/**
 * Credits: what an account may spend, and the books that prove it.
 *
 * <p>{@link dev.millrace.credits.Credits#hold} sets aside what something will cost at most, in the transaction that begins it;
 * {@link dev.millrace.credits.Credits#settle} charges what it really cost and frees the rest, in the transaction that ends it. A
 * {@link dev.millrace.credits.Plan} says how much an account may do and what it is granted once.
 *
 * <p>May be assumed, because the schema enforces it: no purse is ever negative, a hold is charged at most once, no line of the
 * books is changed after it is written. {@code admin.ledger_check()} names every row that breaks a rule; it must stay empty.
 *
 * <p>Locks are taken in one order: the hold, then the owner's purses by id. The house's own accounts are never updated.
 * Knows accounts by their id only, and nothing of generations or media.
 */
@NullMarked
package dev.millrace.credits;

import org.jspecify.annotations.NullMarked;
