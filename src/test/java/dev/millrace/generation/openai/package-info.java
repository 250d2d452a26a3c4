/**
 * The OpenAI face as its clients meet it: byte by byte over raw HTTP, and through the libraries people use. The house is the
 * production one; the vendor behind it is a fake on loopback.
 */
@NullMarked
package dev.millrace.generation.openai;

import org.jspecify.annotations.NullMarked;
