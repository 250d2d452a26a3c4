/**
 * The parser of streams, cut at every byte, and the judge of errors, case by case.
 */
@NullMarked
package dev.millrace.generation.provider.wire;

import org.jspecify.annotations.NullMarked;
