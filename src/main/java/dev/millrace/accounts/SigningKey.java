package dev.millrace.accounts;

import java.math.BigInteger;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;

/** A P-256 key pair that signs access tokens. */
record SigningKey(String id, ECPublicKey publicKey, ECPrivateKey privateKey) {
    private static final int COORDINATE = 32;

    /** The public half as RFC 7517 writes it. */
    Jwk jwk() {
        var point = publicKey.getW();
        return new Jwk(
                "EC", "P-256", "sig", "ES256", id, coordinate(point.getAffineX()), coordinate(point.getAffineY()));
    }

    @Override
    public String toString() {
        return "SigningKey " + id;
    }

    /** Always 32 bytes, whatever the number's own length. */
    private static String coordinate(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] whole = new byte[COORDINATE];
        int length = Math.min(bytes.length, COORDINATE);
        System.arraycopy(bytes, bytes.length - length, whole, COORDINATE - length, length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
    }

    record Jwk(String kty, String crv, String use, String alg, String kid, String x, String y) {}
}
