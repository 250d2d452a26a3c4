/**
 * Kills and outages: the server as a process of its own, ended with SIGKILL at named places and at random moments, started again
 * on the same folder, and checked for what a crash must not change: the text, the money, the one terminal event.
 */
@NullMarked
package dev.millrace.faults;

import org.jspecify.annotations.NullMarked;
