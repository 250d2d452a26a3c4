/**
 * Who may call a vendor now, and who has to wait, go elsewhere or give up.
 *
 * <p>A provider may fill a part of this node's {@link dev.millrace.generation.traffic.Places} (so that those who call a vendor who
 * crawls, or wait for him, leave room for everybody else). For each there is one {@link dev.millrace.generation.traffic.Gateway}: it
 * holds the permits of the calls that run (a bulkhead with a line of its own), a circuit breaker for each model (so that a vendor who
 * is down is asked now and then instead of by everybody) and the budget of retries (so that our own patience never becomes the
 * storm). {@link dev.millrace.generation.traffic.Traffic} is the door; what passes it is a {@link
 * dev.millrace.generation.traffic.Passage}, which says at its end how the call went. All of it is this node's own and lives in memory:
 * a new process begins with trust.
 */
@NullMarked
package dev.millrace.generation.traffic;

import org.jspecify.annotations.NullMarked;
