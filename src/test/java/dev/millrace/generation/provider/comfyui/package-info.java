/**
 * The adapter for ComfyUI, connected to a server on loopback that speaks its wire format, faults included.
 */
@NullMarked
package dev.millrace.generation.provider.comfyui;

import org.jspecify.annotations.NullMarked;
