/**
 * Payments: how credits are bought, through Stripe's checkout, portal and webhooks.
 *
 * <p>A {@code Purchase} is written down before Stripe hears of it, with the version of the price it is made at; Stripe's answer only
 * ever confirms it. What a webhook says is recorded first ({@code Inbox}) and is worth no more than a hint: a job reads the object
 * anew over the API ({@code Till}) and one commit holds what came of it: the grant, the purchase, the event, the end of the job.
 *
 * <p>May be assumed: a payment intent or an invoice grants once, whatever is heard twice, out of order or late, because the ledger's
 * names are unique; nothing is granted for another amount, currency, account or mode than was sold. What an invoice grants is said by
 * its own lines ({@code Allowances}), whatever the subscription is by now. Only {@code StripeApi} speaks to Stripe's library. May use
 * credits and accounts; knows nothing of what credits are spent on.
 */
@NullMarked
package dev.millrace.payments;

import org.jspecify.annotations.NullMarked;
