/**
 * Benchmarks, run by {@code scripts/bench} and never by the tests. Each is a main class that starts what it measures as a process of its own,
 * drives it over loopback, and prints a table.
 */
@NullMarked
package dev.millrace.bench;

import org.jspecify.annotations.NullMarked;
