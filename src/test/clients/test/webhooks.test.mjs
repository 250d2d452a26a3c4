// What our webhooks are signed with is what the library of Standard Webhooks takes, and nothing else.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Webhook } from "standardwebhooks";

const deliveries = JSON.parse(readFileSync(process.env.DELIVERIES, "utf8"));

test("there is something to verify", () => assert.ok(deliveries.length > 0));

deliveries.forEach(({ name, secrets, strangers, headers, body }) => {
  const payload = Buffer.from(body, "base64").toString("utf8");

  test(`${name}: each secret of the endpoint opens it`, () => {
    for (const secret of secrets) {
      const message = new Webhook(secret).verify(payload, headers);
      assert.equal(typeof message.type, "string");
      assert.ok(!Number.isNaN(Date.parse(message.timestamp)));
      assert.equal(typeof message.data, "object");
    }
  });

  test(`${name}: no other secret, body, id or time does`, () => {
    for (const secret of strangers) {
      assert.throws(() => new Webhook(secret).verify(payload, headers));
    }
    const own = new Webhook(secrets[0]);
    assert.throws(() => own.verify(`${payload} `, headers));
    assert.throws(() => own.verify(payload, { ...headers, "webhook-id": "another" }));
    const later = String(Number(headers["webhook-timestamp"]) + 1);
    assert.throws(() => own.verify(payload, { ...headers, "webhook-timestamp": later }));
  });
});
