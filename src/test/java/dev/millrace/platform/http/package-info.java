/**
 * Tests of HTTP as a stranger meets it: bytes over sockets against a real server with a few routes of its own.
 *
 * <p>Everything runs on loopback and free ports. Limits of time are shortened through the configuration, never waited for.
 */
@NullMarked
package dev.millrace.platform.http;

import org.jspecify.annotations.NullMarked;
