package dev.millrace.platform.http;

import java.util.function.Consumer;

/**
 * Who is let in.
 *
 * @param identity who it is that asks
 * @param guard is told from where each call comes that costs nothing, and refuses when there are too many
 */
record Door(Identity identity, Consumer<ClientAddress> guard) {}
