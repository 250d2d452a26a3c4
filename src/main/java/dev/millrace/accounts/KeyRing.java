package dev.millrace.accounts;

import java.util.List;

/**
 * The keys of this moment.
 *
 * @param signer signs new tokens
 * @param all verify tokens: the signer, those before it whose tokens still live, and the one to come
 */
record KeyRing(SigningKey signer, List<SigningKey> all) {
    KeyRing {
        all = List.copyOf(all);
    }
}
