/**
 * What every provider promises ({@link dev.millrace.generation.provider.ProviderContract}), and what its tests call and hear with.
 */
@NullMarked
package dev.millrace.generation.provider;

import org.jspecify.annotations.NullMarked;
