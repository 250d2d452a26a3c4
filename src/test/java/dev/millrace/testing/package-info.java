/**
 * The test kit: real servers, real clients, and the checker that says whether a stream was told rightly.
 *
 * <p>{@link dev.millrace.testing.TestHouse} is the production house in this JVM on a fresh database;
 * {@link dev.millrace.testing.ServerProcess} is the server as a process of its own, which tests may kill;
 * {@link dev.millrace.testing.Api} speaks to either as a client would.
 */
@NullMarked
package dev.millrace.testing;

import org.jspecify.annotations.NullMarked;
