/**
 * Tests of what is read from requests, without a server: bytes in, records or problems out.
 *
 * <p>They run under a Turkish locale like all tests, for which an upper-case i is not an I.
 */
@NullMarked
package dev.millrace.platform.http.input;

import org.jspecify.annotations.NullMarked;
