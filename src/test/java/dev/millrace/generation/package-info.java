/**
 * Generations over the production house: created, streamed, stopped, tried again, paid for.
 */
@NullMarked
package dev.millrace.generation;

import org.jspecify.annotations.NullMarked;
