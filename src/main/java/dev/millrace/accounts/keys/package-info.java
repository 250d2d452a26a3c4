/**
 * API keys: how programs call.
 *
 * <p>An {@link dev.millrace.accounts.keys.ApiKey} belongs to an account and may do what its scopes say. Its secret is told once and
 * kept as a hash; {@link dev.millrace.accounts.keys.KeyCheck} finds out whose a key is and remembers it for a moment, so that a call
 * costs no question to the database.
 *
 * <p>Whether a key was revoked since is not known here: whoever admits its holder asks the watch over the account, which hears of
 * it within a second on every node. Knows no sessions and no passwords.
 */
@NullMarked
package dev.millrace.accounts.keys;

import org.jspecify.annotations.NullMarked;
