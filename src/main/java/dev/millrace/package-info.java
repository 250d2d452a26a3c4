/**
 * The house, assembled: {@link dev.millrace.Main} reads the settings, {@link dev.millrace.App} builds the rooms in order.
 *
 * <p>Seven rooms hold what the product does: accounts, credits, payments, media, generation, webhooks, analytics. The wing
 * {@code platform} holds what any such product needs and knows none of them. Arrows between rooms only point down: webhooks use
 * generation, media and credits; generation uses media, credits, accounts and analytics; payments use credits and accounts; accounts
 * and credits use analytics; credits and media know an account by its id alone; all stand on the platform.
 *
 * <p>Nothing may depend on this package. Only here are rooms told of each other.
 */
@NullMarked
package dev.millrace;

import org.jspecify.annotations.NullMarked;
