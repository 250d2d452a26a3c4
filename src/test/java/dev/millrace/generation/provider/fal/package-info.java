/**
 * The adapter for fal, connected to a vendor on loopback that speaks its wire format, faults included.
 */
@NullMarked
package dev.millrace.generation.provider.fal;

import org.jspecify.annotations.NullMarked;
