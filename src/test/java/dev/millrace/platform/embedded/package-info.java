/** Proves the embedded services by really starting, killing and spoiling them. */
@NullMarked
package dev.millrace.platform.embedded;

import org.jspecify.annotations.NullMarked;
