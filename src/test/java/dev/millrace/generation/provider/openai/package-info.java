/**
 * The adapters against recorded answers and against a vendor on a real socket, faults included.
 */
@NullMarked
package dev.millrace.generation.provider.openai;

import org.jspecify.annotations.NullMarked;
