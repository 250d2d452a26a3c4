/**
 * What is remembered of generations, without I/O.
 */
@NullMarked
package dev.millrace.generation.store;

import org.jspecify.annotations.NullMarked;
