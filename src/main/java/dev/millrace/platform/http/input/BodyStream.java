package dev.millrace.platform.http.input;

import io.helidon.webserver.CloseConnectionException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Turns the server's several ways of saying that the client is gone into one that a reader of streams expects. */
final class BodyStream extends FilterInputStream {
    BodyStream(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        try {
            return super.read();
        } catch (CloseConnectionException gone) {
            throw new BodyCut(gone);
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return super.read(bytes, offset, length);
        } catch (CloseConnectionException gone) {
            throw new BodyCut(gone);
        }
    }
}
