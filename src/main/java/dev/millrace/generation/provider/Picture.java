package dev.millrace.generation.provider;

import java.util.Base64;

/** A picture in a request to a vendor. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these
public record Picture(byte[] jpeg) {
    public static final String CONTENT_TYPE = "image/jpeg";

    public String base64() {
        return Base64.getEncoder().encodeToString(jpeg);
    }

    /** As an address that holds it (RFC 2397). */
    public String dataUri() {
        return "data:" + CONTENT_TYPE + ";base64," + base64();
    }

    /** How long a picture may be whose {@link #dataUri} is to have no more than so many bytes. */
    public static int mostBytes(int dataUri) {
        return (dataUri - "data:;base64,".length() - CONTENT_TYPE.length()) / 4 * 3;
    }
}
