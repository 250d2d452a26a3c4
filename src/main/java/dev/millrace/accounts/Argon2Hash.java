package dev.millrace.accounts;

import com.password4j.Argon2Function;
import com.password4j.types.Argon2;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An Argon2id hash (RFC 9106) and its text in PHC form.
 *
 * <p>The library computes; the text is written and read here, because the library's depends on the locale of the machine: in
 * Turkish it names the variant {@code argon2\u0131d} and cannot read what others wrote.
 */
final class Argon2Hash {
    private static final Pattern TEXT = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=([0-9]{1,7}),t=([0-9]{1,2}),p=([0-9]{1,2})\\$([A-Za-z0-9+/]{8,88})\\$([A-Za-z0-9+/]{8,88})");

    private final Cost cost;
    private final byte[] salt;
    private final byte[] output;

    Argon2Hash(Cost cost, byte[] salt, byte[] output) {
        this.cost = cost;
        this.salt = salt.clone();
        this.output = output.clone();
    }

    /** Computes; takes some fifty milliseconds and, at today's cost, 19 MiB. */
    static Argon2Hash of(byte[] password, byte[] salt, Cost cost) {
        return new Argon2Hash(cost, salt, compute(password, salt, cost, Cost.OUTPUT));
    }

    /** Reads the PHC form. */
    static Argon2Hash parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalStateException("a stored password is no Argon2id hash");
        }
        var cost = new Cost(number(parts, 1), number(parts, 2), number(parts, 3));
        var decoder = Base64.getDecoder();
        return new Argon2Hash(cost, decoder.decode(parts.group(4)), decoder.decode(parts.group(5)));
    }

    /** Whether this password leads to this hash; computes as long as it takes to make one. */
    boolean opensWith(byte[] password) {
        return MessageDigest.isEqual(output, compute(password, salt, cost, output.length));
    }

    Cost cost() {
        return cost;
    }

    /** The PHC form. */
    String text() {
        var encoder = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=" + cost.kibibytes() + ",t=" + cost.passes() + ",p=" + cost.lanes() + "$"
                + encoder.encodeToString(salt) + "$" + encoder.encodeToString(output);
    }

    @Override
    public String toString() {
        return "Argon2Hash ***";
    }

    private static byte[] compute(byte[] password, byte[] salt, Cost cost, int length) {
        var argon2 = Argon2Function.getInstance(cost.kibibytes(), cost.passes(), cost.lanes(), length, Argon2.ID);
        return argon2.hash(password, salt).getBytes();
    }

    private static int number(Matcher parts, int group) {
        return Integer.parseInt(parts.group(group));
    }

    /** What a hash costs to make. */
    record Cost(int kibibytes, int passes, int lanes) {
        /** The least that OWASP allows. */
        static final Cost TODAY = new Cost(19_456, 2, 1);

        private static final int OUTPUT = 32;
    }
}
