package dev.millrace.platform.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Says on which loopback port to try next. */
interface Ports {
    int next() throws IOException;

    /** 127.0.0.1 and never ::1, whatever the JVM prefers: there the services listen. */
    static InetAddress loopback() throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    /** Ports that were free a moment ago; somebody may still be faster, so whoever uses one must be ready to ask again. */
    static Ports free() {
        return () -> {
            try (var socket = new ServerSocket(0, 1, loopback())) {
                return socket.getLocalPort();
            }
        };
    }
}
