package dev.millrace.platform.http.wire;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;

/** Gives each new connection its {@link Line}; HTTP/1.1 alone, whatever else lies on the class path. */
final class LineSelector implements ServerConnectionSelector {
    private final ServerConnectionSelector http1;
    private final Lines lines;

    LineSelector(Lines lines) {
        this.lines = lines;
        this.http1 =
                Http1ConnectionSelector.builder().config(config(lines.limits())).build();
    }

    /** Helidon's logs of the wire are switched off; what replaces that switch is not in this version. */
    @SuppressWarnings("removal")
    static Http1Config config(HttpLimits limits) {
        return Http1Config.builder()
                .maxPrologueLength(limits.sizes().line())
                .maxHeadersSize(limits.sizes().headers())
                .validateRequestHeaders(true)
                .validateResponseHeaders(true)
                .validatePrologue(true)
                .validatePath(true)
                .continueImmediately(false)
                .sendKeepAliveHeader(false)
                .receiveLog(false)
                .sendLog(false)
                .addReceiveListener(new Ear())
                .build();
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http1.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http1.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http1.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        var line = new Line(context, lines);
        lines.add(line);
        return new Watched(line, http1.connection(line), lines);
    }

    /** Tells the line how far its request has come. */
    private static final class Ear implements Http1ConnectionListener {
        @Override
        public void prologue(ConnectionContext context, HttpPrologue prologue) {
            ((Line) context).prologue(prologue);
        }

        @Override
        public void headers(ConnectionContext context, Headers headers) {
            ((Line) context).head(headers);
        }
    }

    /** Helidon's connection, until it ends. */
    private record Watched(Line line, ServerConnection http1, Lines lines)
            implements ServerConnection, InterruptableTask<Void> {
        @Override
        public void handle(Limit limit) throws InterruptedException {
            try {
                http1.handle(limit);
                line.linger();
            } catch (CloseConnectionException close) {
                line.linger();
                throw close;
            } finally {
                lines.remove(line);
            }
        }

        @Override
        public boolean canInterrupt() {
            return http1 instanceof InterruptableTask<?> task && task.canInterrupt();
        }

        @Override
        public Duration idleTime() {
            return http1.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            http1.close(interrupt);
        }
    }
}
