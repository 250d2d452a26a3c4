/**
 * Journeys: what people do with the product, in a real browser against the production house.
 *
 * <p>Elements are found as a person finds them, by role and name, so a journey also fails when something has lost its label.
 */
@NullMarked
package dev.millrace.journeys;

import org.jspecify.annotations.NullMarked;
