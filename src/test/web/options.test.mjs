import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./js.mjs";

const { fieldsOf, optionsFor } = await load("options.js");
const side = { type: "integer", minimum: 128, maximum: 1920, multiple_of: 2 };
const VIDEO = {
  kind: "video",
  options: {
    width: { ...side, default: 1280 },
    height: { ...side, default: 720 },
    seconds: { type: "integer", minimum: 1, maximum: 5, default: 4 },
    seed: { type: "integer", minimum: 0 },
    hang: { type: "boolean" },
    stop: { type: "strings" },
  },
};

test("width and height are one choice of sizes that fit the model", () => {
  const [size] = fieldsOf(VIDEO, {});
  assert.equal(size.value, "1280x720");
  assert.ok(size.choices.some(([value]) => value === "1080x1920"));
  const small = fieldsOf(
    { ...VIDEO, options: { width: { ...side, maximum: 800, default: 640 }, height: { ...side, maximum: 800, default: 360 } } },
    {},
  )[0];
  assert.deepEqual(
    small.choices.map(([value]) => value),
    ["640x360", "720x720"],
  );
});

test("choices keep to the bounds and hold the value in use, even an odd one", () => {
  const seconds = fieldsOf(VIDEO, { seconds: 3 }).find(({ name }) => name === "seconds");
  assert.deepEqual(
    seconds.choices.map(([value]) => value),
    [1, 2, 3, 4, 5],
  );
  assert.equal(seconds.value, 3);
  assert.ok(fieldsOf(VIDEO, { width: 130, height: 130 })[0].choices.some(([value]) => value === "130x130"));
});

test("other options get a field from their description; lists are left to programs", () => {
  const fields = fieldsOf(VIDEO, {});
  assert.equal(fields.find(({ name }) => name === "seed").kind, "number");
  assert.equal(fields.find(({ name }) => name === "hang").kind, "switch");
  assert.equal(
    fields.find(({ name }) => name === "stop"),
    undefined,
  );
});

test("only what was chosen and the model knows is sent", () => {
  assert.deepEqual(optionsFor(VIDEO, { seconds: 3, seed: null, temperature: 1 }), { seconds: 3 });
  assert.deepEqual(optionsFor(null, { seconds: 3 }), {});
});
