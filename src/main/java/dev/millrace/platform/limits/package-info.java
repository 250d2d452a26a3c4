/**
 * Limits: how often somebody may do something.
 *
 * <p>{@link dev.millrace.platform.limits.Limits} counts calls in exact sliding windows of a minute and a day, in one script on
 * Redis and by its clock alone, under one {@link dev.millrace.platform.limits.Quota} or several at once:
 * {@link dev.millrace.platform.limits.Admission} says yes or no, and the {@link dev.millrace.platform.limits.Gauge}s what is left. {@link dev.millrace.platform.limits.Guard}s protect calls that have no plan
 * behind them; their amounts are rows, in effect within five seconds.
 *
 * <p>Assume that limits hold over all nodes while Redis answers. Without it each node counts for itself, on its share of the
 * limit and from what it last heard, and says that it is degraded; nothing fails open and nothing is refused for want of Redis.
 * What a call costs in money is not known here.
 */
@NullMarked
package dev.millrace.platform.limits;

import org.jspecify.annotations.NullMarked;
