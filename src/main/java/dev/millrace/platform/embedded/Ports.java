package dev.millrace.platform.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Says on which loopback port to try next. */
interface Ports {
    int next() throws IOException;

    /** Ports that were free a moment ago; somebody may still be faster, so whoever uses one must be ready to ask again. */
    static Ports free() {
        return () -> {
            try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            }
        };
    }
}
