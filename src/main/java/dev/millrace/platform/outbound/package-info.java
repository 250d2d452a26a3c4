/**
 * Calls to the outside: the one HTTP client of the house.
 *
 * <p>{@link dev.millrace.platform.outbound.Outbound} hands out a {@link dev.millrace.platform.outbound.WebClient} for each party
 * that is called. A client resolves a name once, judges every address behind it and connects to the one it judged; it follows no
 * redirect, repeats nothing, keeps no cookies and holds every call to its {@link dev.millrace.platform.outbound.Deadlines}. Private
 * addresses are refused unless the operator allowed them or configured that very host.
 *
 * <p>Blocking, for virtual threads. What goes wrong says whether the request can have reached the other side: {@link
 * dev.millrace.platform.outbound.NotSent} means that it cannot. Knows nothing of any vendor.
 */
@NullMarked
package dev.millrace.platform.outbound;

import org.jspecify.annotations.NullMarked;
