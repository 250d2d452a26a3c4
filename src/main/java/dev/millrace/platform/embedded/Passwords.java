package dev.millrace.platform.embedded;

import dev.millrace.platform.Secret;
import java.security.SecureRandom;
import java.util.Base64;

/** Passwords for services nobody has to type. */
final class Passwords {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Passwords() {}

    /** 24 random bytes; letters, digits, minus and underscore only, so that no quoting is ever needed. */
    static Secret random() {
        var bytes = new byte[24];
        RANDOM.nextBytes(bytes);
        return new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }
}
