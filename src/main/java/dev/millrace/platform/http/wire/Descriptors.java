package dev.millrace.platform.http.wire;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many sockets this process may have. Running out of them would end the listener for good, so it must stop before. */
final class Descriptors {
    /** For the jar, the database, Redis, files, children and calls to the outside. */
    private static final long ELSEWHERE = 2_000;

    private static final long LEAST = 200;

    private Descriptors() {}

    /** The wanted number of connections, or what the process can have. */
    static int connections(int wanted) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            return fitting(wanted, system.getMaxFileDescriptorCount());
        }
        return wanted;
    }

    static int fitting(int wanted, long descriptors) {
        long most = Math.max(LEAST, descriptors - Math.min(ELSEWHERE, descriptors / 2));
        return (int) Math.min(wanted, most);
    }
}
