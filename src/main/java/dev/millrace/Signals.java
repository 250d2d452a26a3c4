package dev.millrace;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and Ctrl-C: the first asks the server to end in order, the second ends it at once, as a crash would, which loses nothing
 * either.
 *
 * <p>The JVM takes no second signal while its shutdown hooks run, so the signals are handled here. The JDK's only way to that, in its
 * module {@code jdk.unsupported}, is reached by name: javac warns of it and lets nobody silence the warning. Where it is missing, a
 * signal runs the hooks as always, and only the second one does nothing.
 */
final class Signals {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
    /** What a shell reports of a process that a signal ended: 128 and its number. */
    private static final int ENDED_BY = 128;

    private Signals() {}

    static void handle() {
        var asked = new AtomicBoolean();
        for (String name : new String[] {"TERM", "INT"}) {
            try {
                handle(name, asked);
            } catch (ReflectiveOperationException | RuntimeException away) {
                LOG.debug("a second SIG{} will not end the server at once", name, away);
            }
        }
    }

    private static void handle(String name, AtomicBoolean asked) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object one = signal.getConstructor(String.class).newInstance(name);
        int number = (int) signal.getMethod("getNumber").invoke(one);
        InvocationHandler arrived = (proxy, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
                return method.invoke(one, arguments);
            }
            arrived(name, number, asked);
            return null;
        };
        Object ours = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, arrived);
        signal.getMethod("handle", signal, handler).invoke(null, one, ours);
    }

    private static void arrived(String name, int number, AtomicBoolean asked) {
        if (asked.compareAndSet(false, true)) {
            System.exit(ENDED_BY + number); // runs the hook, which ends with 0 when all ended in order
        }
        LOG.warn("Ended at once by a second SIG{}", name);
        Runtime.getRuntime().halt(ENDED_BY + number);
    }
}
