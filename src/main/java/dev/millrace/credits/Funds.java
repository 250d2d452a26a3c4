package dev.millrace.credits;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An owner's purses as they stand under their locks, and how a hold is taken from them. Amounts are micro-credits. */
record Funds(List<Pot> pots) {
    private static final Comparator<Pot> SPENDING = Comparator.comparing(Pot::purse)
            .thenComparing(Pot::expiresAt, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(Pot::id);

    Funds {
        pots = List.copyOf(pots);
    }

    /** Whether the owner was ever here. */
    boolean opened() {
        return !pots.isEmpty();
    }

    /** What lives: posted, held or not. */
    long balance() {
        return pots.stream().filter(Pot::spendable).mapToLong(Pot::posted).sum();
    }

    long available() {
        return pots.stream().filter(Pot::spendable).mapToLong(Pot::free).sum();
    }

    /** More than nothing blocks every new hold. */
    long owed() {
        return -pots.stream().filter(Pot::receivable).mapToLong(Pot::posted).sum();
    }

    boolean suffice(long micros) {
        return opened() && owed() == 0 && available() >= micros;
    }

    /** What each purse gives to a hold, in the order in which it will be spent: what dies soonest first. */
    List<Part> parts(long micros) {
        var parts = new ArrayList<Part>();
        long wanted = micros;
        for (Pot pot : pots.stream().filter(Pot::spendable).sorted(SPENDING).toList()) {
            long given = Math.min(wanted, pot.free());
            if (given > 0) {
                parts.add(new Part(pot.id(), given));
                wanted -= given;
            }
        }
        return parts;
    }

    /** One account of the books: a purse, or what its owner owes. */
    record Pot(
            UUID id,
            String kind,
            long posted,
            long held,
            @Nullable Instant expiresAt,
            boolean alive) {
        boolean receivable() {
            return kind.equals("receivable");
        }

        boolean spendable() {
            return alive && !receivable();
        }

        long free() {
            return posted - held;
        }

        private Purse purse() {
            return Purse.valueOf(kind.toUpperCase(Locale.ROOT));
        }
    }

    /** So much of one purse. */
    record Part(UUID account, long amount) {}
}
