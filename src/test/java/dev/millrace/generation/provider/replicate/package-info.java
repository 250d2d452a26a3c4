/**
 * The adapter for Replicate, connected to a vendor on loopback that speaks its wire format, faults included.
 */
@NullMarked
package dev.millrace.generation.provider.replicate;

import org.jspecify.annotations.NullMarked;
