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
    /** Those of an owner who was never here. */
    static final Funds NONE = new Funds(List.of());

    private static final Comparator<Pot> SPENDING = Comparator.comparing(Pot::purse)
            .thenComparing(Pot::expiresAt, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(Pot::id);

    Funds {
        pots = List.copyOf(pots);
    }

    /** Those of an owner who was never here, as they stand when he is given what his plan grants once. */
    static Funds newcomer(UUID owner, long welcome) {
        return new Funds(List.of(new Pot(owner, owner, "promo", welcome, 0, null, true)));
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

    /** Whether something is owed and something is free to pay it. */
    boolean payable() {
        return owed() > 0 && available() > 0;
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

    /** As they stand when these parts are held as well. */
    Funds holding(List<Part> parts) {
        return new Funds(pots.stream().map(pot -> pot.holding(parts)).toList());
    }

    Balance standing() {
        return new Balance(balance(), balance() - available(), available());
    }

    /** One account of the books: a purse, or what its owner owes. */
    record Pot(
            UUID owner,
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

        private Pot holding(List<Part> parts) {
            long more = parts.stream()
                    .filter(part -> part.account().equals(id))
                    .mapToLong(Part::amount)
                    .sum();
            return more == 0 ? this : new Pot(owner, id, kind, posted, held + more, expiresAt, alive);
        }

        private Purse purse() {
            return Purse.valueOf(kind.toUpperCase(Locale.ROOT));
        }
    }

    /** So much of one purse. */
    record Part(UUID account, long amount) {}
}
