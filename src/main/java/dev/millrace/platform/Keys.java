package dev.millrace.platform;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Every key of the house comes from one secret: HKDF with SHA-256 (RFC 5869), one label a purpose, so that no key can stand in
 * for another and none has to be stored.
 */
public final class Keys {
    private static final String HMAC = "HmacSHA256";
    private static final byte[] SALT = "millrace/v1".getBytes(StandardCharsets.UTF_8);

    private final byte[] master;

    /** Takes the decoded secret, at least 32 bytes of it. */
    public Keys(byte[] secret) {
        if (secret.length < 32) {
            throw new IllegalArgumentException("a secret of at least 32 bytes is needed");
        }
        this.master = hmac(SALT, secret);
    }

    /** 32 bytes for one purpose; the same label always gives the same key. */
    public byte[] derive(String label) {
        byte[] info = label.getBytes(StandardCharsets.UTF_8);
        byte[] block = Arrays.copyOf(info, info.length + 1);
        block[info.length] = 1;
        return hmac(master, block);
    }

    /** HMAC-SHA256 of a message. */
    public static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(message);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has HmacSHA256", impossible);
        }
    }
}
