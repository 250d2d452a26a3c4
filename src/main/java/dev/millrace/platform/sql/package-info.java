/**
 * Postgres: where the truth is kept.
 *
 * <p>{@link dev.millrace.platform.sql.Db} opens transactions on a small pool behind a fair semaphore; a
 * {@link dev.millrace.platform.sql.Tx} is handed down as the first argument of whatever takes part in it. What must happen only
 * once it is durable is said with {@code afterCommit}. What many do at once shares a commit, and as {@link
 * dev.millrace.platform.sql.Many} also its statements. {@link dev.millrace.platform.sql.Line} is a connection of one's own for
 * those who may not wait for the pool.
 *
 * <p>Assume READ COMMITTED; serialisation failures and deadlocks are tried again here and nowhere else, so a closure may run
 * twice and must do nothing outside its transaction. Never hold a transaction while waiting for a provider, a client or FFmpeg,
 * and never interrupt a thread that may be in here.
 */
@NullMarked
package dev.millrace.platform.sql;

import org.jspecify.annotations.NullMarked;
