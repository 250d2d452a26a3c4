/**
 * Jobs that live at vendors: created once, looked at until they are over, fetched.
 *
 * <p>{@link dev.millrace.generation.provider.job.Pursuit} follows one of them on behalf of one call, whatever happens to answers on
 * the way. It does not look by itself: {@link dev.millrace.generation.provider.job.Lookout} does that for all of them, from one row per
 * job with the moment of its next look, claimed with SKIP LOCKED and paced for each provider. A vendor that lists its jobs is asked
 * for the list, so that hundreds of jobs cost a few questions a second.
 *
 * <p>An adapter brings two things: a {@link dev.millrace.generation.provider.job.JobBoard}, where its jobs are seen, and an {@link
 * dev.millrace.generation.provider.job.Errand} for each call. The row says where a job stands and nothing else; what was made is
 * taken from the vendor by the one who follows the job. Knows no vendor.
 */
@NullMarked
package dev.millrace.generation.provider.job;

import org.jspecify.annotations.NullMarked;
