/**
 * The one vocabulary of refusals: what a client can be told when something does not work.
 *
 * <p>{@link dev.millrace.platform.problem.ProblemType} lists every code with its status and title;
 * {@link dev.millrace.platform.problem.Problem} is thrown by whoever must refuse and rendered in one place
 * ({@code platform.http}) as RFC 9457 problem+json.
 *
 * <p>Pure Java: no framework, no HTTP, no JSON in here.
 */
@NullMarked
package dev.millrace.platform.problem;

import org.jspecify.annotations.NullMarked;
