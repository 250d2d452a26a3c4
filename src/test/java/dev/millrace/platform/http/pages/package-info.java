/**
 * Tests of the pages: what a browser is given, and that it is given nothing else.
 *
 * <p>They run against a real server with the real client on the class path.
 */
@NullMarked
package dev.millrace.platform.http.pages;

import org.jspecify.annotations.NullMarked;
