package dev.millrace.platform.outbound;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.util.Timeout;

/** Calls one party. Thousands of calls at once are fine: each blocks its own virtual thread. */
public final class WebClient {
    private final CloseableHttpClient client;
    private final Watch watch;

    WebClient(CloseableHttpClient client, Watch watch) {
        this.client = client;
        this.watch = watch;
    }

    /**
     * Sends the request and waits for the head of the answer.
     *
     * @param stop hears at once how to cut the call from another thread, before anything is sent
     * @throws NotSent when the request cannot have reached the other side
     * @throws TimedOut when there was no answer in time
     * @throws IOException when the connection broke after the request was sent
     */
    public Answer send(Ask ask, Consumer<Runnable> stop) throws IOException {
        HttpHost host = host(ask.uri());
        var request = new HttpUriRequestBase(ask.method(), ask.uri());
        request.setConfig(RequestConfig.custom()
                .setConnectionRequestTimeout(Timeout.of(ask.deadlines().connect()))
                .setRedirectsEnabled(false)
                .build());
        ask.headers().forEach(request::setHeader);
        request.setHeader("Accept-Encoding", "identity");
        var sending = new Sending(ask.body() == null ? new byte[0] : ask.body());
        if (ask.body() != null) {
            request.setEntity(sending);
        }
        var exchange = new Exchange(request, ask.deadlines(), watch);
        stop.accept(exchange::abort);
        try {
            exchange.answered(client.executeOpen(host, request, null));
            return exchange;
        } catch (IllegalStateException cut) {
            // the client's way of saying that a call was cut between two of its steps
            exchange.close();
            throw exchange.explain(new IOException("the call was cut", cut));
        } catch (IOException failure) {
            exchange.close();
            IOException explained = exchange.explain(failure);
            boolean sent = ask.body() == null ? !beforeSending(failure) : sending.begun;
            throw sent ? explained : new NotSent("the request did not leave", explained);
        }
    }

    /** What a stranger calls an address may have no host, or a port that there is not. */
    private static HttpHost host(URI uri) throws NotSent {
        try {
            if (uri.getHost() != null) {
                return HttpHost.create(uri);
            }
            throw new NotSent("there is nobody to be called", new NoAddress("an address without a host"));
        } catch (IllegalArgumentException none) {
            throw new NotSent("there is nobody to be called", new NoAddress(String.valueOf(none.getMessage())));
        }
    }

    private static boolean beforeSending(IOException failure) {
        return failure instanceof ConnectException
                || failure instanceof ConnectTimeoutException
                || failure instanceof UnknownHostException
                || failure instanceof NoRouteToHostException
                || failure instanceof SSLException;
    }

    /** A body that remembers whether it began to leave: before that, the other side has not even the whole head. */
    private static final class Sending extends HttpEntityWrapper {
        private volatile boolean begun;

        Sending(byte[] content) {
            super(new ByteArrayEntity(content, ContentType.APPLICATION_JSON));
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            begun = true;
            super.writeTo(out);
        }
    }
}
