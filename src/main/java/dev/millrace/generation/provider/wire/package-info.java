/**
 * What vendors send, taken apart: server-sent events, errors, hints to wait, addresses of files.
 *
 * <p>{@link dev.millrace.generation.provider.wire.SseParser} turns bytes, cut anywhere, into events; {@link
 * dev.millrace.generation.provider.wire.VendorErrors} turns a status, headers and a body into a failure of a known kind. Nothing in
 * here trusts the other side: every length has a limit, and what breaks it is a fault, never a quiet end.
 *
 * <p>Where files lie, a vendor says and nobody trusts: {@link dev.millrace.generation.provider.wire.ResultFiles} judges each address,
 * brings what may be brought within its limits, and tells what it is by its bytes.
 */
@NullMarked
package dev.millrace.generation.provider.wire;

import org.jspecify.annotations.NullMarked;
