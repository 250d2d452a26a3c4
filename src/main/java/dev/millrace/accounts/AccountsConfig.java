package dev.millrace.accounts;

/**
 * How accounts are made.
 *
 * @param signup whether strangers may make one
 */
public record AccountsConfig(Signup signup) {
    /** Who may sign up. */
    public enum Signup {
        OPEN,
        CLOSED
    }
}
