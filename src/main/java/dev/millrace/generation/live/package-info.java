/**
 * Live connections: streams of one generation, one stream for a whole account, and a WebSocket that carries many.
 *
 * <p>{@code Overviews} know what an account's generations are doing, on this node and on others: one thread reads the event log of
 * all accounts that are watched, once a second and whenever a {@code Bells} rings; the table is the truth, a bell is a hint. Each
 * client has an {@code Onlooker} there, a queue that loses percentages before it loses anything else.
 *
 * <p>On a connection that carries many streams each stream has a thread of its own, which gathers whole events and writes them
 * under the connection's lock. Whatever ends one of them for a reason that concerns the client ends the connection, with a word
 * about why, so that the client comes back and resumes.
 *
 * <p>May be assumed: nothing here starts, changes or stops a generation. Knows nothing of providers and money.
 */
@NullMarked
package dev.millrace.generation.live;

import org.jspecify.annotations.NullMarked;
