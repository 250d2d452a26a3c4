package dev.millrace.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.http.RawClient;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.Api;
import dev.millrace.testing.FaultProxy;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Tickets for streams, on two nodes over one database. */
class TicketsIT {
    private static final Pattern TEXT = Pattern.compile("[A-Za-z0-9_-]{100,}");
    private static final Pattern COOKIE = Pattern.compile("(__Secure-ticket-[0-9a-f]+)=([A-Za-z0-9_-]+); Max-Age=3600; "
            + "Path=(/v1/generations/[0-9a-f-]+/events); Secure; HttpOnly; SameSite=Strict");

    private static TestHouse here;
    private static TestHouse there;
    private static final AtomicReference<Instant> NOW = new AtomicReference<>(Instant.EPOCH);

    @BeforeAll
    static void open() {
        NOW.set(Instant.now());
        SqlConfig database = TestServices.freshDatabase();
        String secret = TestHouse.secret();
        here = TestHouse.open(Map.of(), NOW::get, database, secret);
        there = TestHouse.open(Map.of(), NOW::get, database, secret);
    }

    @AfterAll
    static void close() {
        there.close();
        here.close();
    }

    @Test
    void aTicketOpensItsStreamOnceOnWhicheverNode() {
        Api person = here.person();
        String path = path(generation(person));
        String ticket = ticket(person, path);

        assertThat(ticket).matches(TEXT);
        assertThat(told(there.address(), path + "?ticket=" + ticket)).contains("completed");
        refused(there.address(), path + "?ticket=" + ticket);
        refused(here.address(), path + "?ticket=" + ticket);
    }

    @Test
    void aTicketIsGoodForHalfAMinute() {
        Api person = here.person();
        String path = path(generation(person));
        String early = ticket(person, path);
        String late = ticket(person, path);

        NOW.updateAndGet(now -> now.plusSeconds(29));
        assertThat(told(here.address(), path + "?ticket=" + early)).contains("completed");
        NOW.updateAndGet(now -> now.plusSeconds(2));
        refused(here.address(), path + "?ticket=" + late);
    }

    @Test
    void aTicketForAnotherStreamFindsNothingAndIsNotUsedUp() {
        Api person = here.person();
        String path = path(generation(person));
        String other = path(generation(person));
        String ticket = ticket(person, path);

        assertThat(anybody().get(other + "?ticket=" + ticket).expect(404).code())
                .isEqualTo("not_found");
        assertThat(told(here.address(), path + "?ticket=" + ticket)).contains("completed");
    }

    @Test
    void aTicketForSomebodyElsesGenerationFindsNothing() {
        String path = path(generation(here.person()));
        String ticket = ticket(here.person(), path);

        anybody().get(path + "?ticket=" + ticket).expect(404);
    }

    @Test
    void aBrowserComesBackWithTheCookieForAnHour() {
        Api person = here.person();
        String path = path(generation(person));
        String ticket = ticket(person, path);
        String cookie;
        try (var client = new RawClient(here.address().getPort())) {
            RawClient.Answer first = client.send(request(path, ticket, null)).read();
            assertThat(first.status()).isEqualTo(200);
            Matcher set = COOKIE.matcher(String.valueOf(first.header("set-cookie")));
            assertThat(set.matches()).as(first.header("set-cookie")).isTrue();
            assertThat(set.group(3)).isEqualTo(path);
            cookie = set.group(1) + "=" + set.group(2);
        }
        NOW.updateAndGet(now -> now.plus(Duration.ofMinutes(59)));
        assertThat(status(path, ticket, "theme=dark; " + cookie)).isEqualTo(200);
        assertThat(status(path, ticket, null)).isEqualTo(401);
        assertThat(status(path, cookie.substring(cookie.indexOf('=') + 1), null))
                .isEqualTo(401);
        NOW.updateAndGet(now -> now.plus(Duration.ofMinutes(2)));
        assertThat(status(path, ticket, cookie)).isEqualTo(401);
    }

    @Test
    void whoSignedOutOpensNothingWithATicket() {
        Api person = here.person();
        String path = path(generation(person));
        String ticket = ticket(person, path);
        person.delete("/v1/sessions/current").expect(204);

        refused(here.address(), path + "?ticket=" + ticket);
    }

    @Test
    void aTicketThatWasAlteredIsNone() {
        Api person = here.person();
        String path = path(generation(person));
        String ticket = ticket(person, path);
        for (int at = 0; at < ticket.length(); at += 7) {
            char other = ticket.charAt(at) == 'A' ? 'B' : 'A';
            refused(here.address(), path + "?ticket=" + ticket.substring(0, at) + other + ticket.substring(at + 1));
        }
        for (String no : List.of("", "x", "x".repeat(2000), ticket + "=", ticket + "A", person.token())) {
            refused(here.address(), path + "?ticket=" + no);
        }
        anybody().get(path + "?ticket=" + ticket + "&ticket=" + ticket).expect(400);
        anybody().with(ticket).get("/v1/me").expect(401);
        assertThat(anybody().get("/v1/me?ticket=" + ticket).expect(401).code()).isEqualTo("unauthenticated");
        assertThat(told(here.address(), path + "?ticket=" + ticket)).contains("completed");
    }

    @Test
    void ticketsAreGivenForStreamsAlone() {
        Api person = here.person();
        for (String path : List.of(
                "/v1/me",
                "/v1/events?follow=1",
                "/v1/events/",
                "//v1/events",
                "/v1/../v1/events",
                "/v1/a b/events",
                "")) {
            JsonNode refusal = person.post("/v1/stream-tickets", Map.of("path", path))
                    .expect(400)
                    .json();
            assertThat(refusal.path("errors").path(0).path("pointer").asText()).isEqualTo("/path");
        }
        anybody().post("/v1/stream-tickets", Map.of("path", "/v1/events")).expect(401);
        JsonNode given = person.post("/v1/stream-tickets", Map.of("path", "/v1/events"))
                .expect(201)
                .json();
        assertThat(given.path("expires_in").asInt()).isEqualTo(30);
    }

    @Test
    void aTicketIsInNoLineOfTheLog() {
        var lines = new ListAppender<ILoggingEvent>();
        var access = (Logger) LoggerFactory.getLogger("access");
        var root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Level before = access.getLevel();
        lines.start();
        root.addAppender(lines);
        access.addAppender(lines); // it passes nothing on
        access.setLevel(Level.INFO);
        try {
            Api person = here.person();
            String path = path(generation(person));
            String ticket = ticket(person, path);
            told(here.address(), path + "?%74icket=" + ticket);
            anybody().get(path + "?a=1&ticket=" + ticket).expect(401);
            Waiting.until(
                    "both requests are logged",
                    Duration.ofSeconds(5),
                    () -> List.copyOf(lines.list).stream()
                                    .filter(line -> line.getFormattedMessage().contains(path + "?"))
                                    .count()
                            >= 2);
            assertThat(List.copyOf(lines.list))
                    .noneMatch(line -> line.getFormattedMessage().contains(ticket.substring(0, 80)));
        } finally {
            access.setLevel(before);
            access.detachAppender(lines);
            root.detachAppender(lines);
        }
    }

    @Test
    void whileNobodyCanSayWhoItIsAStreamIsToldWhenToComeBackAndNotRefusedForGood() {
        SqlConfig direct = TestServices.freshDatabase();
        URI place = URI.create(direct.url().substring("jdbc:".length()));
        try (var wire = FaultProxy.to(place.getHost(), place.getPort());
                var house = TestHouse.open(
                        Map.of(),
                        InstantSource.system(),
                        SqlConfig.of(
                                direct.url().replace(":" + place.getPort() + "/", ":" + wire.port() + "/"),
                                direct.user(),
                                direct.password(),
                                4),
                        TestHouse.secret())) {
            Api person = house.person();
            String path = path(generation(person));
            String ticket = ticket(person, path);
            wire.cut();

            Waiting.until("the house notices", Duration.ofSeconds(10), () -> status(person, "/v1/me") == 503);
            for (Api somebody : List.of(person, Api.anonymous(house.address()))) {
                try (Api.Stream stream = somebody.stream(path + "?ticket=" + ticket, null)) {
                    assertThat(stream.status()).isEqualTo(200);
                    SseReader.Event only = stream.events().next();
                    assertThat(only).isEqualTo(new SseReader.Event(null, "reconnect", "{\"reason\":\"overload\"}"));
                    assertThat(stream.events().next()).isNull();
                }
            }
            wire.mend();
            Waiting.until("the house recovers", Duration.ofSeconds(20), () -> status(person, "/v1/me") == 200);
            assertThat(told(house.address(), path + "?ticket=" + ticket)).contains("completed");
        }
    }

    private static int status(Api person, String path) {
        return person.get(path).status();
    }

    private static Api anybody() {
        return Api.anonymous(here.address());
    }

    private static String generation(Api person) {
        return person.generate("text", "a few words", Map.of("options", Map.of("words", 5)))
                .path("id")
                .asText();
    }

    private static String path(String generation) {
        return "/v1/generations/" + generation + "/events";
    }

    private static String ticket(Api person, String path) {
        return person.post("/v1/stream-tickets", Map.of("path", path))
                .expect(201)
                .json()
                .path("ticket")
                .asText();
    }

    /** The names of all events to the end of the stream. */
    private static List<String> told(URI node, String path) {
        try (Api.Stream stream = Api.anonymous(node).stream(path, null)) {
            assertThat(stream.status()).isEqualTo(200);
            return java.util.stream.Stream.generate(stream.events()::next)
                    .takeWhile(event -> event != null)
                    .map(SseReader.Event::event)
                    .toList();
        }
    }

    private static void refused(URI node, String path) {
        assertThat(Api.anonymous(node).get(path).expect(401).code()).isEqualTo("invalid_token");
    }

    private static String request(String path, String ticket, @Nullable String cookie) {
        return "GET " + path + "?ticket=" + ticket + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                + (cookie == null ? "" : "Cookie: " + cookie + "\r\n") + "\r\n";
    }

    private static int status(String path, String ticket, @Nullable String cookie) {
        try (var client = new RawClient(here.address().getPort())) {
            return client.send(request(path, ticket, cookie)).read().status();
        }
    }
}
