/**
 * ComfyUI: workflows, run one after the other by a server of the operator's.
 *
 * <p>A model is a workflow in the server's API format, a row of the table {@code comfyui_workflow}, with named places for what a
 * generation asks for. The id of a prompt is ours, so that a lost answer is no riddle: a prompt that is neither in the queue nor in the
 * history is nowhere, and is posted again. The socket tells of steps and shows previews, and forgets; the history is the truth.
 */
@NullMarked
package dev.millrace.generation.provider.comfyui;

import org.jspecify.annotations.NullMarked;
