/** What is proved of the traffic to vendors without a vendor: lines, budgets, breakers. */
@NullMarked
package dev.millrace.generation.traffic;

import org.jspecify.annotations.NullMarked;
