package dev.millrace.platform.http;

import dev.millrace.platform.Ids;
import dev.millrace.platform.http.wire.Line;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.common.buffers.BufferData;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One request and its answer, with all that is found out on the way: its id, its route, who is asking. */
public final class Exchange {
    static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-Id");

    /** Bodies up to this length are read to their end after a refusal, so that the connection can go on. */
    private static final long DRAIN = 64 * 1024;

    private static final Pattern SANE_ID = Pattern.compile("[A-Za-z0-9._-]{8,64}");

    private final Desk desk;
    private final ServerRequest request;
    private final ServerResponse response;
    private final Line line;
    private final String id;
    private final long began = System.nanoTime();
    private final long length;
    private RouteTable.@Nullable Match match;
    private @Nullable Caller caller;
    private @Nullable InetAddress client;
    private @Nullable Header more;
    private boolean upgraded;
    private volatile @Nullable ProblemType refusal;

    Exchange(Desk desk, ServerRequest request, ServerResponse response) {
        this.desk = desk;
        this.request = request;
        this.response = response;
        this.line = Line.of(request);
        this.id = id(request);
        this.length = request.headers().contentLength().orElse(0);
        line.attach(this);
        response.beforeSend(this::dress);
    }

    /** The exchange a request belongs to. */
    public static Exchange of(ServerRequest request) {
        return (Exchange) Objects.requireNonNull(Line.of(request).attached(), "this request was not judged");
    }

    /** The id that the answer, the log and every problem carry. */
    public String id() {
        return id;
    }

    /** The address the request came from, seen through trusted proxies. */
    public InetAddress client() {
        InetAddress known = client;
        if (known == null) {
            known = ClientAddress.behind(request, desk.config().trustedProxies());
            client = known;
        }
        return known;
    }

    /**
     * Runs the action when the client goes away before it has the answer, on a thread of its own. For answers that wait; the body
     * must have been read before.
     */
    public void whenGone(Runnable action) {
        line.whenGone(action);
    }

    /** Who is asking, once that was asked for. */
    public @Nullable Caller caller() {
        return caller;
    }

    /** The decoded value of a path parameter; naming one that the route does not have is a defect. */
    public String parameter(String name) {
        RouteTable.Match found = match;
        String value = found == null ? null : found.parameter(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no parameter " + name);
        }
        return value;
    }

    /** The route that answers, when there is one. */
    public @Nullable Route route() {
        RouteTable.Match found = match;
        return found == null ? null : found.route();
    }

    /**
     * Says yes to another protocol. The head of the answer goes out now; from here on the connection belongs to the handler, and ends
     * when it returns.
     */
    public Line upgrade(String protocol, Header proof) {
        dress();
        var headers = response.headers();
        headers.set(HeaderNames.CONNECTION, "Upgrade");
        headers.set(HeaderNames.UPGRADE, protocol);
        headers.set(proof);
        var head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
        for (Header header : headers) {
            for (String value : header.allValues()) {
                head.append(header.name()).append(": ").append(value).append("\r\n");
            }
        }
        upgraded = true;
        line.dataWriter()
                .writeNow(BufferData.create(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII)));
        return line;
    }

    /** Whether the connection speaks another protocol by now. */
    boolean upgraded() {
        return upgraded;
    }

    /** Whatever the answer will be, it carries this header too. */
    public void answerWith(Header header) {
        more = header;
    }

    ServerRequest request() {
        return request;
    }

    ServerResponse response() {
        return response;
    }

    Line line() {
        return line;
    }

    String method() {
        return request.prologue().method().text();
    }

    String path() {
        return request.prologue().uriPath().rawPath();
    }

    /** The declared length of the body, 0 without one. */
    long length() {
        return length;
    }

    /** What refused the request, for the log. */
    @Nullable
    ProblemType refusal() {
        return refusal;
    }

    /** The status the client got or should have got; 499, as nginx says it, when it went away before there was one. */
    int status() {
        ProblemType problem = refusal;
        if (problem != null) {
            return problem.status();
        }
        if (upgraded) {
            return 101;
        }
        boolean answered = ((RoutingResponse) response).hasEntity();
        return answered ? response.status().code() : 499;
    }

    long nanos() {
        return System.nanoTime() - began;
    }

    void found(RouteTable.Match place) {
        match = place;
    }

    void calledBy(@Nullable Caller who) {
        caller = who;
    }

    void refused(ProblemType problem) {
        refusal = problem;
    }

    /** Whether the body that was announced has not been read to its end. */
    boolean unread() {
        return (length > 0 || chunked()) && !request.content().consumed();
    }

    /** Whether the client asks to go on in another protocol. */
    boolean upgrades() {
        return request.headers().contains(HeaderNames.UPGRADE);
    }

    boolean chunked() {
        return request.headers().contains(HeaderNames.TRANSFER_ENCODING);
    }

    /** After the answer the connection cannot be used again: somebody said so, or too much would have to be read first. */
    boolean closes() {
        return request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)
                || response.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
    }

    /** Runs when the head of the answer goes out, whoever wrote it. */
    private void dress() {
        var headers = response.headers();
        desk.security().dress(path(), headers);
        desk.cors().dress(request.headers(), headers);
        headers.set(REQUEST_ID, id);
        if (more != null) {
            headers.add(more);
        }
        if (desk.draining() || (unread() && !drainable())) {
            headers.set(HeaderValues.CONNECTION_CLOSE);
        }
    }

    /** An unread body that was not asked for with 100 Continue may come or not: only the end of the connection tells. */
    private boolean drainable() {
        return !chunked() && length <= DRAIN && !request.headers().contains(HeaderNames.EXPECT);
    }

    private static String id(ServerRequest request) {
        if (request.headers().contains(REQUEST_ID)) {
            String sent = request.headers().get(REQUEST_ID).get();
            if (SANE_ID.matcher(sent).matches()) {
                return sent;
            }
        }
        return Ids.next().toString();
    }
}
