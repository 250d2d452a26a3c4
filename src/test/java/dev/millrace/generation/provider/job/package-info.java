/**
 * How jobs at vendors are followed: on a real database, at vendors that answer late, wrongly, seldom, or not at all.
 */
@NullMarked
package dev.millrace.generation.provider.job;

import org.jspecify.annotations.NullMarked;
