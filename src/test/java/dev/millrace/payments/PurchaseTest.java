package dev.millrace.payments;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PurchaseTest {
    private static final UUID ACCOUNT = new UUID(0, 7);

    @Test
    void whatStripeSaysMustBeWhatWasSold() {
        Purchase pack = purchase("pack", "open");
        assertThat(pack.mismatch(session(false, "payment", 1000, "usd", ACCOUNT.toString(), "cus_1"), "cus_1"))
                .isNull();
        assertThat(pack.mismatch(session(true, "payment", 1000, "usd", ACCOUNT.toString(), "cus_1"), "cus_1"))
                .isEqualTo("the session is of the other mode");
        assertThat(pack.mismatch(session(false, "payment", 1000, "usd", "another", "cus_1"), "cus_1"))
                .isEqualTo("the session is for account another");
        assertThat(pack.mismatch(session(false, "payment", 1000, "usd", ACCOUNT.toString(), "cus_2"), "cus_1"))
                .isEqualTo("the session is for customer cus_2");
        assertThat(pack.mismatch(session(false, "payment", 1000, "usd", ACCOUNT.toString(), "cus_1"), null))
                .isEqualTo("the session is for customer cus_1");
        assertThat(pack.mismatch(session(false, "subscription", 1000, "usd", ACCOUNT.toString(), "cus_1"), "cus_1"))
                .isEqualTo("the session is a subscription");
        assertThat(pack.mismatch(session(false, "payment", 999, "usd", ACCOUNT.toString(), "cus_1"), "cus_1"))
                .isEqualTo("sold for 1000 usd, paid 999 usd");
        assertThat(pack.mismatch(session(false, "payment", 1000, "eur", ACCOUNT.toString(), "cus_1"), "cus_1"))
                .isEqualTo("sold for 1000 usd, paid 1000 eur");
    }

    @Test
    void aPlanIsPaidBySubscription() {
        Purchase plan = purchase("plan", "open");
        assertThat(plan.pack()).isFalse();
        assertThat(plan.mismatch(session(false, "subscription", 1000, "usd", ACCOUNT.toString(), "cus_1"), "cus_1"))
                .isNull();
        assertThat(plan.mismatch(session(false, "payment", 1000, "usd", ACCOUNT.toString(), "cus_1"), "cus_1"))
                .isEqualTo("the session is a payment");
    }

    @Test
    void onlyWhatIsPaidOrRefusedIsOver() {
        assertThat(purchase("pack", "paid").over()).isTrue();
        assertThat(purchase("pack", "refused").over()).isTrue();
        assertThat(purchase("pack", "expired").over()).isFalse();
        assertThat(purchase("pack", "open").over()).isFalse();
        assertThat(purchase("pack", "open").pack()).isTrue();
    }

    @Test
    void aShareOfTheMoneyIsThatShareOfTheCredits() {
        var sold = new Purchases.Sold("pi:1", 500_000_000, 300);
        assertThat(sold.share(0)).isZero();
        assertThat(sold.share(100)).isEqualTo(166_666_666);
        assertThat(sold.share(299)).isEqualTo(498_333_333);
        assertThat(sold.share(300)).isEqualTo(500_000_000);
        assertThat(sold.share(301)).isEqualTo(500_000_000);
        assertThat(new Purchases.Sold("pi:2", Long.MAX_VALUE, Long.MAX_VALUE).share(Long.MAX_VALUE - 1))
                .isEqualTo(Long.MAX_VALUE - 1);
    }

    @Test
    void anEventIsWhatHasAnIdAndAType() {
        assertThat(Inbox.parse("no json")).isNull();
        assertThat(Inbox.parse("{\"type\":\"x\"}")).isNull();
        assertThat(Inbox.parse("{\"id\":\"evt\"}")).isNull();
        assertThat(Inbox.parse("{\"id\":\"" + "e".repeat(256) + "\",\"type\":\"x\"}"))
                .isNull();
        assertThat(Inbox.parse("{\"id\":\"evt\",\"type\":\"" + "x".repeat(256) + "\"}"))
                .isNull();
        assertThat(Inbox.parse("{\"id\":\"" + "e".repeat(255) + "\",\"type\":\"" + "x".repeat(255) + "\"}"))
                .isNotNull();
        Seen.Event thin = Inbox.parse("{\"id\":\"evt\",\"type\":\"x\",\"data\":{\"object\":{\"id\":7}}}");
        assertThat(thin).isNotNull().extracting(Seen.Event::object).isNull();
        Seen.Event event = Inbox.parse(
                "{\"id\":\"evt\",\"type\":\"x\",\"livemode\":true,\"created\":9,\"data\":{\"object\":{\"id\":\"cs_1\"}}}");
        assertThat(event).isNotNull();
        assertThat(event.object()).isEqualTo("cs_1");
        assertThat(event.livemode()).isTrue();
        assertThat(event.createdAt().getEpochSecond()).isEqualTo(9);
    }

    private static Purchase purchase(String kind, String state) {
        return new Purchase(
                new UUID(0, 1), ACCOUNT, kind, "small", 1, 500_000_000, 1000, "usd", false, null, state, null, null);
    }

    private static Seen.Session session(
            boolean live, String mode, long amount, String currency, @Nullable String account, String customer) {
        return new Seen.Session(
                "cs_1",
                live,
                mode,
                "complete",
                "paid",
                new Seen.Payment(amount, currency, "pi_1", null),
                new UUID(0, 1),
                account,
                customer);
    }
}
