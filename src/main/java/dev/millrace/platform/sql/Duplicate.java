package dev.millrace.platform.sql;

/** A unique constraint refused a row. Callers switch on its name. */
@SuppressWarnings("serial")
public final class Duplicate extends RuntimeException {
    private final String constraint;

    Duplicate(String constraint, Throwable cause) {
        super("duplicate: " + constraint, cause);
        this.constraint = constraint;
    }

    public String constraint() {
        return constraint;
    }
}
