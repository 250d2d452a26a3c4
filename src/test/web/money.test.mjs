import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./js.mjs";

const money = await load("money.js");

test("the money sentence is a rendering of the receipt", () => {
  assert.equal(money.charged({ charged: 0, released: 1.2 }, "failed"), "You were not charged.");
  assert.equal(money.charged({ charged: 0.49, released: 0.71 }, "canceled"), "Charged for this part: 0.49.");
  assert.equal(money.charged({ charged: 0.000001, released: 1 }, "failed"), "Charged for this part: 0.000001.");
  assert.equal(money.charged({ charged: 3.2, released: 1.4 }, "completed"), "Charged: 3.20.");
  assert.equal(money.charged(null, "failed"), "");
});

test("what stopping means is told by the policy", () => {
  const run = { face: "running", soFar: 1.98 };
  assert.equal(money.stopping(run, { policy: "stop", charged: 1.5 }), "You would pay 1.98");
  assert.equal(money.stopping({ ...run, soFar: 0 }, { policy: "stop", charged: 0 }), "You would pay nothing");
  assert.equal(money.stopping(run, { policy: "drain", charged: 4.2 }), "You may pay up to 4.20");
  assert.equal(money.stopping(run, { policy: "free", charged: 0 }), "You would pay nothing");
  assert.equal(money.stopping({ face: "queued" }, null), "You would pay nothing");
  assert.equal(money.stopping({ face: "unresolved" }, { policy: "stop", charged: 4.2 }), "You may pay up to 4.20");
});

test("nothing is said of the price of stopping before it is known", () => {
  assert.equal(money.stopping({ face: "running", soFar: null }, null), "");
  assert.equal(money.stopping({ face: "unresolved" }, null), "");
});

test("a price that is certain is not called about", () => {
  assert.deepEqual(money.price({ minimum: 4, expected: 4, maximum: 4 }), { before: "", figure: 4, after: "" });
  assert.deepEqual(money.price({ minimum: 0, expected: 3.2, maximum: 4.6 }), { before: "About ", figure: 3.2, after: ", at most 4.60" });
});

test("a shortfall names the sum, what is free, what is held and what to do", () => {
  const quote = { cost: { maximum: 4.6 } };
  assert.deepEqual(money.shortfall(quote, { balance: 11.8, held: 8.6, available: 3.2 }), {
    missing: "1.40 credits short.",
    detail: "This run needs 4.60 and you have 3.20 free; 8.60 are held for runs under way.",
    remedy: "Wait until a run has ended, or choose something smaller.",
  });
  assert.equal(money.shortfall(quote, { balance: 1, held: 0, available: 1 }).remedy, "Choose something smaller.");
  assert.equal(money.shortfall(quote, { balance: 4.6, held: 0, available: 4.6 }), null);
});

test("unit prices are told for people", () => {
  assert.equal(money.unitPrice([{ per: "second", amount: 0.8 }]), "0.80 a second");
  assert.equal(
    money.unitPrice([
      { per: "1m_tokens_in", amount: 100 },
      { per: "1m_tokens_out", amount: 400 },
    ]),
    "100.00 a million tokens in + 400.00 a million tokens out",
  );
  assert.equal(money.unitPrice([{ per: "square_metre", amount: 1 }]), "1.00 per square metre");
  assert.equal(money.unitPrice(null), "");
});

test("lines of receipts and of the ledger are told for people", () => {
  assert.equal(money.lineName("100 words"), "Words, by the hundred");
  assert.equal(money.lineName("second"), "Seconds");
  assert.equal(money.lineName("beyond what was held, not charged"), "Beyond what was held, not charged");
  assert.equal(money.ledgerLine({ kind: "charge", description: "studio/video" }, "A paper boat"), "Charged: A paper boat");
  assert.equal(money.ledgerLine({ kind: "release", description: "studio/video" }), "Not charged: Studio video");
  assert.equal(money.ledgerLine({ kind: "grant", description: "Welcome credits" }), "Welcome credits");
});
