/**
 * fal: requests that wait in its queue, followed by their id (docs.fal.ai, Queue API).
 *
 * <p>The addresses of a request are not those of its model: the vendor tells them when it takes the request, and their path is what we
 * keep as the job's id. It tells where a request stands on a stream of its own; looks are few while that is open. There is no failed
 * state: a request that is completed has a result, and the status of that says how it went. A lost submit cannot be looked up.
 */
@NullMarked
package dev.millrace.generation.provider.fal;

import org.jspecify.annotations.NullMarked;
