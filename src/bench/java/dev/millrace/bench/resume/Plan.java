package dev.millrace.bench.resume;

import java.time.Duration;

/**
 * How much of it there is to be.
 *
 * @param reconnects connections after a reader's first that were told something
 * @param kills of all kinds together
 * @param seed decides who is killed, when readers leave, where they come back and with which id
 * @param limit of the whole run; one that is not through by then has failed
 * @param stories generations that are read at once
 * @param full whether old logs are read as well, and outages of Redis measured more than once
 */
public record Plan(int reconnects, int kills, long seed, Duration limit, int stories, boolean full) {
    /** Readers of each generation. */
    static final int READERS = 3;
}
