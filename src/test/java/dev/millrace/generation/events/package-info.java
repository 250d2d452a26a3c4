/**
 * The event log, tried as a model without I/O first, then over real Postgres and Redis.
 */
@NullMarked
package dev.millrace.generation.events;

import org.jspecify.annotations.NullMarked;
