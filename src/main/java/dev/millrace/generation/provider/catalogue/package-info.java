/**
 * The catalogue: which models there are, what may be asked of them and what it costs.
 *
 * <p>{@link dev.millrace.generation.provider.catalogue.Catalogue} reads the table {@code model} and is never more than five
 * seconds behind it. A {@link dev.millrace.generation.provider.catalogue.Model} judges options and bounds the cost of a request
 * before it is made; its {@link dev.millrace.generation.provider.catalogue.Price} turns what was consumed into lines of a receipt.
 *
 * <p>Prices are exact: the sum of a job is rounded up once, to a whole micro-credit, and the lines add up to it. Nothing here
 * moves money or knows whether a provider can be reached.
 */
@NullMarked
package dev.millrace.generation.provider.catalogue;

import org.jspecify.annotations.NullMarked;
