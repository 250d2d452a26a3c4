/**
 * JSON as this house writes and reads it: one mapper for everybody.
 *
 * <p>{@link dev.millrace.platform.json.Json} names fields in snake_case, keeps decimals exact, writes times as RFC 3339 and
 * refuses on reading whatever is not exactly what a record says: unknown fields, repeated keys, text for a number.
 *
 * <p>What clients send is read by {@code platform.http.input.Bodies}, which adds the checks of text and the pointers to faults.
 * Knows neither HTTP nor any feature.
 */
@NullMarked
package dev.millrace.platform.json;

import org.jspecify.annotations.NullMarked;
