/**
 * The zero-configuration defaults: Postgres, Redis and FFmpeg out of the jar, kept in the data folder.
 *
 * <p>{@link dev.millrace.platform.embedded.DataFolder} belongs to one server at a time. {@link
 * dev.millrace.platform.embedded.Embedded} unpacks what is wanted (once for each version), ends what a killed predecessor left
 * running, starts the services on free loopback ports behind passwords, and stops them again. Postgres is as durable as any:
 * a server with fsync off, an open door or a half-made cluster is refused, not used.
 *
 * <p>The services die with this JVM, however it dies ({@code setpriv --pdeathsig}), and sit in sessions of their own, so that
 * a Ctrl-C reaches the server alone and finds its database still there while it drains. As root they run inside a user
 * namespace, or else as {@code nobody}, because Postgres refuses to be root.
 *
 * <p>Linux on x86-64 with glibc only. Knows nothing of the tables inside.
 */
@NullMarked
package dev.millrace.platform.embedded;

import org.jspecify.annotations.NullMarked;
