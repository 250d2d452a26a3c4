// The test's way of signing is the real one: Stripe's own library takes what our fake signs, and nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";
import Stripe from "stripe";

const { BODY, HEADER, SECRET } = process.env;
const stripe = new Stripe("sk_test_nothing");

test("Stripe's own verifier takes what the fake signs", () => {
  const event = stripe.webhooks.constructEvent(BODY, HEADER, SECRET);
  assert.equal(event.type, "checkout.session.completed");
});

test("and not under another secret, nor another body", () => {
  assert.throws(() => stripe.webhooks.constructEvent(BODY, HEADER, "whsec_somebody_elses"));
  assert.throws(() => stripe.webhooks.constructEvent(`${BODY} `, HEADER, SECRET));
});
