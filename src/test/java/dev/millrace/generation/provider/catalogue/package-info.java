/**
 * Prices to the last micro-credit, options to the last pointer, rows as an operator changes them.
 */
@NullMarked
package dev.millrace.generation.provider.catalogue;

import org.jspecify.annotations.NullMarked;
