package dev.millrace.testing.vendor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stripe on loopback, as far as checkout, subscriptions, refunds, disputes and events go. It takes what the real one takes: form
 * encoding with brackets, a bearer key, a version, and idempotency keys that replay, refuse other parameters and refuse while they run.
 * What is wrong with a request is refused as Stripe would and kept in {@link #faults}. It can misbehave on command.
 */
public final class FakeStripe implements AutoCloseable {
    public static final String KEY = "sk_test_loopback";
    static final long MONTH = 30 * 86_400;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern OBJECT = Pattern.compile(
            "/v1/(?:checkout/sessions|payment_intents|invoices|subscriptions|refunds|disputes|customers)/([a-z]+_\\w+)");
    private static final Pattern EXPIRE = Pattern.compile("/v1/checkout/sessions/(cs_\\w+)/expire");
    private static final Pattern LINES = Pattern.compile("/v1/invoices/(in_\\w+)/lines");
    private static final int LINES_SHOWN = 10;
    private static final Pattern PAGE = Pattern.compile("/pay/(cs_\\w+)");
    private static final Set<String> CUSTOMER = Set.of("email", "metadata[account]");
    private static final Pattern SESSION =
            Pattern.compile("customer|client_reference_id|success_url|cancel_url|mode|metadata\\[\\w+]"
                    + "|payment_intent_data\\[metadata]\\[\\w+]|subscription_data\\[metadata]\\[\\w+]|line_items\\[0]\\[(quantity|price)]"
                    + "|line_items\\[0]\\[price_data]\\[(currency|unit_amount)]|line_items\\[0]\\[price_data]\\[product_data]\\[name]"
                    + "|line_items\\[0]\\[price_data]\\[recurring]\\[interval]");

    private final Loopback server;
    private final AtomicInteger numbers = new AtomicInteger(1000);
    private final Map<String, ObjectNode> objects = new ConcurrentHashMap<>();
    private final List<ObjectNode> events = new CopyOnWriteArrayList<>();
    private final Map<String, Kept> answers = new ConcurrentHashMap<>();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger pagesLeft = new AtomicInteger(-1);
    private final AtomicInteger pages = new AtomicInteger();
    private volatile boolean livemode;
    private volatile Consumer<String> paid = session -> {};
    private volatile Consumer<String> slow = path -> {};

    private FakeStripe(int port) {
        server = Loopback.start(port, this::answer);
    }

    public static FakeStripe start() {
        return new FakeStripe(0);
    }

    public URI address() {
        return server.at("");
    }

    /** What was wrong with requests so far. */
    public List<String> faults() {
        return faults;
    }

    /** The next creates are done, and their answers are lost. */
    public void cutAnswers(int many) {
        cuts.set(many);
    }

    /** The next requests are answered with 500 and not done. */
    public void failRequests(int many) {
        failures.set(many);
    }

    /** Each create takes as long as this, which is told its path. */
    public void slowCreates(Consumer<String> pause) {
        slow = pause;
    }

    /** So many pages of events are still answered, and then none; all of them when less than nothing. */
    public void failPagesAfter(int many) {
        pagesLeft.set(many);
    }

    /** How many pages of events were answered so far. */
    public int pages() {
        return pages.get();
    }

    /** What is made from now on is of live mode. */
    public void live(boolean live) {
        livemode = live;
    }

    /** Told of each session that somebody pays on its page. */
    public void whenPaid(Consumer<String> told) {
        paid = told;
    }

    public int count(String prefix) {
        return (int)
                objects.keySet().stream().filter(id -> id.startsWith(prefix)).count();
    }

    /** The ids of a kind, by their prefix. */
    public List<String> all(String prefix) {
        return objects.keySet().stream().filter(id -> id.startsWith(prefix)).toList();
    }

    public ObjectNode object(String id) {
        ObjectNode object = objects.get(id);
        if (object == null) {
            throw new AssertionError("there is no " + id);
        }
        return object;
    }

    /** The last of a kind, by the prefix of its id. */
    public ObjectNode last(String prefix) {
        return objects.keySet().stream()
                .filter(id -> id.startsWith(prefix))
                .max(String::compareTo)
                .map(this::object)
                .orElseThrow(() -> new AssertionError("there is no " + prefix));
    }

    /** Somebody pays the session; answers the event that says so. */
    public ObjectNode pay(String session) {
        ObjectNode paidFor = object(session);
        paidFor.put("status", "complete").put("payment_status", "paid");
        if (paidFor.path("mode").asText().equals("payment")) {
            paidFor.put("payment_intent", intent(paidFor));
        } else {
            subscribe(paidFor);
        }
        return event("checkout.session.completed", session);
    }

    /** Somebody chose to pay by bank debit: complete, and not paid yet. */
    public ObjectNode promise(String session) {
        ObjectNode promised = object(session);
        promised.put("status", "complete").put("payment_status", "unpaid").put("payment_intent", intent(promised));
        return event("checkout.session.completed", session);
    }

    private String intent(ObjectNode session) {
        String id = next("pi");
        ObjectNode intent = make(id, "payment_intent");
        intent.put("amount", session.path("amount_total").asLong())
                .put("status", "succeeded")
                .put("latest_charge", next("ch"));
        intent.put("currency", session.path("currency").asText());
        intent.set("metadata", session.path("intent_metadata"));
        return id;
    }

    private void subscribe(ObjectNode session) {
        String id = next("sub");
        ObjectNode subscription = make(id, "subscription");
        subscription.put("status", "active").put("cancel_at_period_end", false);
        subscription.put("customer", session.path("customer").asText());
        subscription.set("metadata", session.path("intent_metadata"));
        ObjectNode item = JSON.createObjectNode().put("id", next("si")).put("object", "subscription_item");
        Instant now = Instant.now();
        item.put("current_period_start", now.getEpochSecond());
        item.put("current_period_end", now.plusSeconds(MONTH).getEpochSecond());
        String listed = session.path("price").asText();
        item.set(
                "price",
                object(
                        listed.isEmpty()
                                ? price(
                                        next("price"),
                                        session.path("amount_total").asLong(),
                                        session.path("currency").asText())
                                : listed));
        subscription.putObject("items").put("object", "list").putArray("data").add(item);
        session.put("subscription", id);
    }

    /** A price of the account; answers its id. */
    public String price(String id, long amount, String currency) {
        make(id, "price").put("unit_amount", amount).put("currency", currency);
        return id;
    }

    /** A subscription like another, of the same customer; answers its id. */
    public String another(String subscription) {
        String id = next("sub");
        objects.put(id, object(subscription).deepCopy().put("id", id));
        return id;
    }

    /** The one thing that a subscription is for: its price and its period. */
    public ObjectNode item(String subscription) {
        return (ObjectNode) object(subscription).path("items").path("data").get(0);
    }

    /** A subscription is for another price from now on. */
    public void change(String subscription, String price) {
        item(subscription).set("price", object(price));
    }

    /** An invoice of a subscription, to be given its lines; not listed before it is paid. */
    public StripeInvoice invoice(String subscription, String reason) {
        return new StripeInvoice(this, make(next("in"), "invoice"), subscription, reason);
    }

    /** An invoice for the month that runs, at the price there is, that was paid; answers its id. */
    public String month(String subscription, String reason) {
        return invoice(subscription, reason).month().paid();
    }

    /** A payment that went through; answers its id. */
    String payment(long amount) {
        String id = next("pi");
        make(id, "payment_intent")
                .put("amount", amount)
                .put("status", "succeeded")
                .put("currency", "usd")
                .put("latest_charge", next("ch"));
        return id;
    }

    /** As if a subscription had begun so many months before. */
    public void age(String subscription, int months) {
        ObjectNode item = item(subscription);
        long end = item.path("current_period_end").asLong() - months * MONTH;
        item.put("current_period_start", end - MONTH).put("current_period_end", end);
    }

    /** The next month of a subscription begins. */
    public void renew(String subscription) {
        ObjectNode item = item(subscription);
        long begins = item.path("current_period_end").asLong();
        item.put("current_period_start", begins).put("current_period_end", begins + MONTH);
    }

    public String refund(String payment, long amount, String status) {
        String id = next("re");
        ObjectNode known = objects.get(payment);
        make(id, "refund")
                .put(
                        "charge",
                        known == null ? null : known.path("latest_charge").asText())
                .put("amount", amount)
                .put("status", status)
                .put("payment_intent", payment)
                .put("currency", "usd");
        return id;
    }

    /** The charge that a payment came by is there to be told of. */
    public void charge(String id) {
        make(id, "charge");
    }

    public String dispute(String payment, long amount, String status) {
        String id = next("dp");
        make(id, "dispute")
                .put("amount", amount)
                .put("status", status)
                .put("payment_intent", payment)
                .put("currency", "usd");
        return id;
    }

    /** Something happened to an object; it is listed from now on, and told to nobody. */
    public ObjectNode event(String type, String object) {
        String id = next("evt");
        ObjectNode event =
                JSON.createObjectNode().put("id", id).put("object", "event").put("type", type);
        event.put("api_version", "2026-07-29.dahlia").put("livemode", livemode);
        event.put("created", Instant.now().getEpochSecond());
        event.putObject("data").set("object", object(object).deepCopy());
        events.add(event);
        return event;
    }

    public String next(String prefix) {
        return prefix + "_test_" + numbers.incrementAndGet();
    }

    @Override
    public void close() {
        server.close();
    }

    private ObjectNode make(String id, String kind) {
        ObjectNode object =
                JSON.createObjectNode().put("id", id).put("object", kind).put("livemode", livemode);
        object.put("created", Instant.now().getEpochSecond());
        objects.put(id, object);
        return object;
    }

    private boolean answer(Wire.Request request, Wire wire) throws IOException {
        Matcher page = PAGE.matcher(request.path());
        if (page.matches()) {
            return page(request, page.group(1), wire);
        }
        if (request.path().equals("/favicon.ico")) {
            wire.answer(204, Map.of(), new byte[0]);
            return true;
        }
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            refuse(wire, 500, "api_error", "Something went wrong on our end.");
            return true;
        }
        String wrong = manners(request);
        if (wrong != null) {
            faults.add(request.method() + " " + request.path() + ": " + wrong);
            refuse(wire, wrong.equals("key") ? 401 : 400, "invalid_request_error", wrong);
            return true;
        }
        return request.method().equals("POST") ? create(request, wire) : read(request, wire);
    }

    private static @Nullable String manners(Wire.Request request) {
        Map<String, String> headers = request.headers();
        if (!headers.getOrDefault("authorization", "").equals("Bearer " + KEY)) {
            return "key";
        }
        if (!headers.getOrDefault("stripe-version", "").matches("\\d{4}-\\d\\d-\\d\\d\\.\\w+")) {
            return "no version";
        }
        if (request.method().equals("POST")) {
            if (!headers.getOrDefault("content-type", "").startsWith("application/x-www-form-urlencoded")) {
                return "not a form";
            }
            if (!headers.getOrDefault("idempotency-key", "")
                    .matches("(purchase|customer|portal|expire):[0-9a-f-]{36}")) {
                return "no idempotency key of its own";
            }
        }
        return null;
    }

    private boolean create(Wire.Request request, Wire wire) throws IOException {
        Map<String, String> form = form(request.body());
        String key = request.headers().get("idempotency-key");
        Kept kept = answers.computeIfAbsent(key, fresh -> new Kept(request.path(), form, new AtomicInteger()));
        if (!kept.path().equals(request.path()) || !kept.form().equals(form)) {
            refuse(
                    wire,
                    400,
                    "idempotency_error",
                    "Keys for idempotent requests can only be used with the same parameters.");
            return true;
        }
        if (!kept.turn().tryAcquire()) {
            refuse(wire, 409, "idempotency_error", "There is currently another in-progress request using this key.");
            return true;
        }
        boolean replayed = kept.uses().getAndIncrement() > 0;
        ObjectNode made;
        try {
            slow.accept(request.path());
            made = kept.answer(() -> made(request.path(), form));
        } finally {
            kept.turn().release();
        }
        if (made == null) {
            refuse(wire, 400, "invalid_request_error", "Received unknown parameter");
            return true;
        }
        if (cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return false; // it is done, and the answer never comes
        }
        var headers = new LinkedHashMap<>(Map.of("Content-Type", "application/json", "Request-Id", next("req")));
        if (replayed) {
            headers.put("Idempotent-Replayed", "true");
        }
        wire.answer(200, headers, JSON.writeValueAsBytes(made));
        return true;
    }

    private @Nullable ObjectNode made(String path, Map<String, String> form) {
        Matcher page = EXPIRE.matcher(path);
        if (page.matches()) {
            ObjectNode session = object(page.group(1));
            return session.path("status").asText().equals("open") ? session.put("status", "expired") : null;
        }
        return switch (path) {
            case "/v1/customers" -> {
                unknown(form, CUSTOMER::contains);
                yield make(next("cus"), "customer").put("email", form.get("email"));
            }
            case "/v1/checkout/sessions" ->
                unknown(form, name -> SESSION.matcher(name).matches()) ? null : session(form);
            case "/v1/billing_portal/sessions" -> {
                String session = next("bps");
                yield make(session, "billing_portal.session")
                        .put("url", form.get("return_url") + "?portal=" + form.get("customer") + "&session=" + session);
            }
            default -> {
                faults.add("nobody creates at " + path);
                yield null;
            }
        };
    }

    private boolean unknown(Map<String, String> form, java.util.function.Predicate<String> known) {
        List<String> strangers = form.keySet().stream().filter(known.negate()).toList();
        strangers.forEach(name -> faults.add("unknown parameter " + name));
        return !strangers.isEmpty();
    }

    private ObjectNode session(Map<String, String> form) {
        String id = next("cs");
        ObjectNode session = make(id, "checkout.session");
        String price = "line_items[0][price_data]";
        session.put("mode", form.get("mode")).put("status", "open").put("payment_status", "unpaid");
        String listed = form.get("line_items[0][price]");
        if (listed == null) {
            session.put("amount_total", Long.parseLong(form.getOrDefault(price + "[unit_amount]", "0")));
            session.put("currency", form.getOrDefault(price + "[currency]", "usd"));
        } else {
            session.put("price", listed)
                    .put("amount_total", object(listed).path("unit_amount").asLong());
            session.put("currency", object(listed).path("currency").asText());
        }
        session.put("client_reference_id", form.get("client_reference_id")).put("customer", form.get("customer"));
        session.put("success_url", form.get("success_url"))
                .put("url", server.at("/pay/" + id).toString());
        session.set("metadata", metadata(form, "metadata["));
        boolean pack = form.get("mode").equals("payment");
        session.set(
                "intent_metadata",
                metadata(form, (pack ? "payment_intent_data" : "subscription_data") + "[metadata]["));
        if (!pack && listed == null && !"month".equals(form.get(price + "[recurring][interval]"))) {
            faults.add("a subscription without an interval");
        }
        return session;
    }

    private static ObjectNode metadata(Map<String, String> form, String prefix) {
        ObjectNode words = JSON.createObjectNode();
        form.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                words.put(name.substring(prefix.length(), name.length() - 1), value);
            }
        });
        return words;
    }

    private boolean read(Wire.Request request, Wire wire) throws IOException {
        String path = request.path();
        int query = path.indexOf('?');
        Map<String, String> asked = query < 0 ? Map.of() : form(path.substring(query + 1));
        String plain = query < 0 ? path : path.substring(0, query);
        Matcher one = OBJECT.matcher(plain);
        Matcher ofInvoice = LINES.matcher(plain);
        if (one.matches()) {
            ObjectNode object = objects.get(one.group(1));
            if (object == null) {
                refuse(wire, 404, "invalid_request_error", "No such object: " + one.group(1));
            } else {
                wire.json(200, JSON.writeValueAsString(shown(object)));
            }
        } else if (ofInvoice.matches()) {
            list(wire, lines(object(ofInvoice.group(1))), asked);
        } else if (plain.equals("/v1/events") && pagesLeft.get() == 0) {
            refuse(wire, 500, "api_error", "Something went wrong on our end.");
        } else if (plain.equals("/v1/events") && forgotten(asked.get("starting_after"))) {
            refuse(wire, 400, "invalid_request_error", "No such event: " + asked.get("starting_after"));
        } else if (plain.equals("/v1/events")) {
            pages.incrementAndGet();
            pagesLeft.updateAndGet(left -> left > 0 ? left - 1 : left);
            long since = Long.parseLong(asked.getOrDefault("created[gte]", "0"));
            List<String> types = asked.entrySet().stream()
                    .filter(word -> word.getKey().startsWith("types["))
                    .map(Map.Entry::getValue)
                    .toList();
            if (types.size() > 20) {
                faults.add("more than twenty types");
            }
            list(
                    wire,
                    events.reversed().stream()
                            .filter(event -> event.path("created").asLong() >= since)
                            .filter(event -> types.isEmpty()
                                    || types.contains(event.path("type").asText()))
                            .toList(),
                    asked);
        } else if (plain.equals("/v1/invoices")) {
            list(wire, invoices(asked), asked);
        } else if (plain.equals("/v1/refunds")) {
            list(
                    wire,
                    objects.values().stream()
                            .filter(object -> object.path("object").asText().equals("refund")
                                    && object.path("charge").asText().equals(asked.get("charge")))
                            .toList(),
                    asked);
        } else {
            faults.add("nobody reads " + path);
            refuse(wire, 404, "invalid_request_error", "Unrecognized request URL");
        }
        return true;
    }

    /** The invoices of a subscription, the newest first. */
    private List<ObjectNode> invoices(Map<String, String> asked) {
        return objects.values().stream()
                .filter(object -> object.path("object").asText().equals("invoice"))
                .filter(invoice -> invoice.at("/parent/subscription_details/subscription")
                        .asText()
                        .equals(asked.get("subscription")))
                .filter(invoice -> !asked.containsKey("status")
                        || invoice.path("status").asText().equals(asked.get("status")))
                .sorted(Comparator.comparingLong(FakeStripe::number).reversed())
                .map(FakeStripe::shown)
                .toList();
    }

    private static long number(ObjectNode object) {
        String id = object.path("id").asText();
        return Long.parseLong(id.substring(id.lastIndexOf('_') + 1));
    }

    /** Somebody pays an invoice that was sent a while ago. */
    public void pays(String invoice) {
        object(invoice)
                .put("status", "paid")
                .put("amount_paid", object(invoice).path("amount_due").asLong())
                .putObject("status_transitions")
                .put("paid_at", Instant.now().getEpochSecond());
    }

    private boolean forgotten(@Nullable String event) {
        return event != null
                && events.stream().noneMatch(known -> known.path("id").asText().equals(event));
    }

    /** Of an invoice only the first lines are shown with it. */
    private static ObjectNode shown(ObjectNode object) {
        List<ObjectNode> lines = lines(object);
        if (lines.size() <= LINES_SHOWN) {
            return object;
        }
        ObjectNode some = object.deepCopy();
        ((ObjectNode) some.path("lines")).put("has_more", true).putArray("data").addAll(lines.subList(0, LINES_SHOWN));
        return some;
    }

    private static List<ObjectNode> lines(ObjectNode invoice) {
        var lines = new ArrayList<ObjectNode>();
        invoice.path("lines").path("data").forEach(line -> lines.add((ObjectNode) line));
        return lines;
    }

    private static void list(Wire wire, List<ObjectNode> all, Map<String, String> asked) throws IOException {
        String after = asked.get("starting_after");
        var from = new ArrayList<>(all);
        if (after != null) {
            while (!from.isEmpty() && !from.removeFirst().path("id").asText().equals(after)) {
                // those before it were on an earlier page
            }
        }
        int limit = Integer.parseInt(asked.getOrDefault("limit", "10"));
        ObjectNode page = JSON.createObjectNode().put("object", "list").put("url", "/v1/list");
        page.put("has_more", from.size() > limit)
                .putArray("data")
                .addAll(from.stream().limit(limit).toList());
        wire.json(200, JSON.writeValueAsString(page));
    }

    /** The page on which a person pays, with one button. */
    private boolean page(Wire.Request request, String session, Wire wire) throws IOException {
        if (request.method().equals("POST")) {
            paid.accept(session);
            wire.answer(
                    303, Map.of("Location", object(session).path("success_url").asText()), new byte[0]);
        } else {
            String html = "<!doctype html><title>Pay</title><form method=post><button>Pay</button></form>";
            wire.answer(200, Map.of("Content-Type", "text/html"), html.getBytes(StandardCharsets.UTF_8));
        }
        return true;
    }

    private static void refuse(Wire wire, int status, String type, String message) throws IOException {
        ObjectNode error = JSON.createObjectNode();
        ObjectNode details = error.putObject("error").put("type", type).put("message", message);
        if (status == 409) {
            details.put("code", "idempotency_key_in_use");
        }
        wire.json(status, JSON.writeValueAsString(error));
    }

    static Map<String, String> form(String body) {
        var form = new TreeMap<String, String>();
        for (String part : body.split("&", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                form.put(
                        URLDecoder.decode(part.substring(0, equals), StandardCharsets.UTF_8),
                        URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return form;
    }

    /** The first request with a key, and its answer, which every later one gets too. */
    private static final class Kept {
        private final String path;
        private final Map<String, String> form;
        private final AtomicInteger uses;
        private final Semaphore turn = new Semaphore(1);
        private @Nullable ObjectNode answer;

        Kept(String path, Map<String, String> form, AtomicInteger uses) {
            this.path = path;
            this.form = form;
            this.uses = uses;
        }

        String path() {
            return path;
        }

        Map<String, String> form() {
            return form;
        }

        AtomicInteger uses() {
            return uses;
        }

        /** Of whoever asks with this key; the others are refused meanwhile. */
        Semaphore turn() {
            return turn;
        }

        @Nullable
        ObjectNode answer(Supplier<@Nullable ObjectNode> made) {
            if (answer == null) {
                answer = made.get();
            }
            return answer;
        }
    }
}
