/**
 * The table of generations: what was asked for, where it stands, what came of it and what it cost.
 *
 * <p>{@link dev.millrace.generation.store.Archive} owns the table {@code generation}; {@link
 * dev.millrace.generation.store.Generation} is a row as its owner sees it, {@link dev.millrace.generation.store.Order} as whoever
 * makes it. {@link dev.millrace.generation.store.Paces} remembers how long the like took.
 *
 * <p>May be assumed, because the schema enforces it: what is over has a time, a receipt and a charge of at most its hold; what
 * failed says why. Whoever writes to a generation that runs has shown the fence of its job before, in the same transaction.
 */
@NullMarked
package dev.millrace.generation.store;

import org.jspecify.annotations.NullMarked;
