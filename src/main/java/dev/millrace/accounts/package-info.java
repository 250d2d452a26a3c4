/**
 * Accounts: who is calling.
 *
 * <p>An {@link dev.millrace.accounts.Account} signs in with a password and gets a session: an access token of a few minutes, and a
 * refresh token that changes with every use. {@link dev.millrace.accounts.Gate} turns an access token into the
 * {@code Caller} every other room works with; programs come with keys, which live in the room {@code keys}.
 * {@link dev.millrace.accounts.Accounts} is the door to the rest.
 *
 * <p>May be assumed: a session or a key that was ended, and an account that was suspended, are refused within a second on every node,
 * with or without Redis, and across restarts. Neither passwords nor tokens are stored, only what proves them; nothing here logs
 * either. Hashing runs on a few threads of its own, so that sign-ins cannot slow down anything else.
 *
 * <p>Knows nothing of credits, media or generations: they know accounts.
 */
@NullMarked
package dev.millrace.accounts;

import org.jspecify.annotations.NullMarked;
