package dev.millrace.credits;

import dev.millrace.platform.Micros;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Caps that an owner sets himself, and what is spent of them today (UTC), in credits.
 *
 * @param day null when the account has none
 * @param keys those of API keys that have one, the newest first
 */
record CapsView(@Nullable Day day, List<Key> keys) {
    static CapsView of(Tx tx, UUID owner) {
        List<Caps.Standing> all = Caps.standing(tx, owner);
        Day day = all.stream()
                .filter(one -> one.name() == null)
                .findFirst()
                .map(Day::of)
                .orElse(null);
        return new CapsView(
                day, all.stream().filter(one -> one.name() != null).map(Key::of).toList());
    }

    record Day(BigDecimal limit, BigDecimal spent, BigDecimal remaining) {
        static Day of(Caps.Standing cap) {
            return new Day(Micros.credits(cap.limitMicros()), Micros.credits(cap.spentMicros()), left(cap));
        }
    }

    record Key(UUID id, String name, BigDecimal limit, BigDecimal spent, BigDecimal remaining) {
        static Key of(Caps.Standing cap) {
            return new Key(
                    cap.id(),
                    String.valueOf(cap.name()),
                    Micros.credits(cap.limitMicros()),
                    Micros.credits(cap.spentMicros()),
                    left(cap));
        }
    }

    private static BigDecimal left(Caps.Standing cap) {
        return Micros.credits(Math.max(0, cap.limitMicros() - cap.spentMicros()));
    }
}
