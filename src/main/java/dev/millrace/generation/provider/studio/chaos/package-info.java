/**
 * Studio's chaos models: the same work, with the faults that vendors have.
 *
 * <p>Text comes from a vendor made up in memory, which speaks the wire format of a real one and is read by the reader of real
 * ones: a cut, a stall, a broken chunk or an error status takes the very path it takes in production. Images and videos are
 * Studio's own, with faults put between. {@code web/docs/studio.html} tells users what each option does.
 */
@NullMarked
package dev.millrace.generation.provider.studio.chaos;

import org.jspecify.annotations.NullMarked;
