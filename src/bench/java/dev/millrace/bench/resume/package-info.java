/**
 * Readers that come and go while everything under them is killed.
 *
 * <p>{@link dev.millrace.bench.resume.ResumeRun} is the run: {@code Stage} is several servers as processes of their own over one Postgres
 * and one Redis, {@code Havoc} kills them, {@code Rambler} is a reader who never stays, {@code Stories} has generations made and read, {@code Outage} measures what readers notice of a Redis that
 * is away, {@code Planted} shows that the checker finds what it is there for. What is right or wrong is judged in {@code witness} alone.
 */
@NullMarked
package dev.millrace.bench.resume;

import org.jspecify.annotations.NullMarked;
