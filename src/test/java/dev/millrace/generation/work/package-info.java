/**
 * The making of generations, piece by piece without I/O.
 */
@NullMarked
package dev.millrace.generation.work;

import org.jspecify.annotations.NullMarked;
