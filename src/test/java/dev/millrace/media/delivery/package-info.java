/** Tests of how files go out. */
@NullMarked
package dev.millrace.media.delivery;

import org.jspecify.annotations.NullMarked;
