/**
 * Measures what is hidden inside the room of accounts: how long tokens and passwords take.
 *
 * <p>Run by {@code scripts/bench}, never by the tests.
 *
 * <p>Prints figures and judges none.
 */
@NullMarked
package dev.millrace.accounts;

import org.jspecify.annotations.NullMarked;
