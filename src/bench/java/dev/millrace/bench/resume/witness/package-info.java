/**
 * The checker of streams. It knows the public contract, sockets, JSON and SQL, and not one class of the product or of its test kit, so
 * that a mistake there cannot hide itself here.
 *
 * <p>{@link dev.millrace.bench.resume.witness.Wire} is one connection, {@link dev.millrace.bench.resume.witness.Witness} is what one
 * reader was told over all of his, {@link dev.millrace.bench.resume.witness.Truth} is what the tables say.
 */
@NullMarked
package dev.millrace.bench.resume.witness;

import org.jspecify.annotations.NullMarked;
