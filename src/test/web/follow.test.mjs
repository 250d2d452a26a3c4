import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./js.mjs";

const { MOST_FOLLOWED, pathOf, unwrap } = await load("follow.js");

test("a page that follows nothing reads the account alone", () => {
  assert.equal(pathOf([]), "/v1/events");
});

test("runs are followed from the last event known of each", () => {
  const runs = [
    { id: "a", after: "3.7.12" },
    { id: "b", after: null },
    { id: "c", after: "1.1.0" },
  ];
  assert.equal(pathOf(runs), "/v1/events?follow=a,b,c&after=a:3.7.12,c:1.1.0");
  assert.equal(pathOf([{ id: "b", after: null }]), "/v1/events?follow=b");
});

test("no more runs are followed than one stream takes", () => {
  const many = Array.from({ length: 50 }, (_, at) => ({ id: `r${at}`, after: `1.${at + 1}.0` }));
  const path = pathOf(many);
  assert.equal(path.match(/r\d+[,&]/g).length, MOST_FOLLOWED);
  assert.ok(!path.includes("r20"));
});

test("an event of a run comes wrapped, and says when it was the last", () => {
  const wrapped = (event) => ({ id: null, event: "message", data: { generation: "a", id: "1.2.3", event, data: { text: "x" } } });
  assert.deepEqual(unwrap(wrapped("delta")), { id: "a", event: { id: "1.2.3", event: "delta", data: { text: "x" } }, over: false });
  for (const last of ["completed", "failed", "canceled"]) assert.equal(unwrap(wrapped(last)).over, true);
});

test("an event of the account belongs to no run", () => {
  assert.deepEqual(unwrap({ id: null, event: "limits", data: { day: null } }), { event: { id: null, event: "limits", data: { day: null } } });
});
