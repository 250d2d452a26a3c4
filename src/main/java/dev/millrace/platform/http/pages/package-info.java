/**
 * Pages for people: the web client, its libraries, the documentation, an explanation of every problem, the licences.
 *
 * <p>All of it comes from the class path and nothing from the disk. A path is matched segment by segment against plain file names,
 * so there is nothing to climb out of. {@link dev.millrace.platform.http.pages.Pages} answers every address that no program's call
 * has with the client's one page, which finds its way from there; what looks like a file or lies below the documentation, the problems
 * and the libraries is there or is not.
 *
 * <p>Files are asked for again each time and answered with 304 while they are the same: no name carries a version, and an update
 * of the server is an update of the page. No script runs that is not a file of ours, except the import map whose hash is in the
 * policy.
 */
@NullMarked
package dev.millrace.platform.http.pages;

import org.jspecify.annotations.NullMarked;
