/**
 * Jobs: work that must survive a restart.
 *
 * <p>A {@link dev.millrace.platform.jobs.Job} is enqueued inside the transaction that makes it necessary
 * ({@link dev.millrace.platform.jobs.Jobs}), claimed with SKIP LOCKED by a node that holds a lease
 * ({@link dev.millrace.platform.jobs.Workers}), run by a {@link dev.millrace.platform.jobs.Worker}, and finished in the transaction
 * that records its result ({@link dev.millrace.platform.jobs.Attempt}).
 *
 * <p>Assume: a job runs at least once, and a run that lost its job may still be going on, so every later write carries the
 * fence. Leases live by the database's clock, their local deadlines by the monotonic one. Nobody is ever interrupted: an
 * interrupt inside the driver would cut a connection and leave its statement running. Whatever stops a run is a flag and a callback.
 *
 * <p>Job rows are not domain data: they carry ids and leave the table when they finish; one line of history stays. Knows nothing
 * about any feature.
 */
@NullMarked
package dev.millrace.platform.jobs;

import org.jspecify.annotations.NullMarked;
