/** Tests of what the tables hold. */
@NullMarked
package dev.millrace.media.store;

import org.jspecify.annotations.NullMarked;
