package dev.millrace.accounts;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/** Makes keys, and tokens that are almost right. */
final class Forge {
    private Forge() {}

    static SigningKey key(String id) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            return new SigningKey(id, (ECPublicKey) pair.getPublic(), (ECPrivateKey) pair.getPrivate());
        } catch (GeneralSecurityException failure) {
            throw new AssertionError(failure);
        }
    }

    /** A token of exactly this header and payload, truly signed by the key. */
    static String token(SigningKey key, String header, String payload) {
        String signed = base64(header) + "." + base64(payload);
        return signed + "." + base64(sign(key.privateKey(), "SHA256withECDSAinP1363Format", signed));
    }

    static byte[] sign(PrivateKey key, String algorithm, String text) {
        try {
            var signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return signature.sign();
        } catch (GeneralSecurityException failure) {
            throw new AssertionError(failure);
        }
    }

    static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
