// The contrasts of the palette by the WCAG 2 formula, computed from the style sheet that is served.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { WEB } from "./js.mjs";

const css = readFileSync(new URL("app.css", WEB), "utf8");
const tokensIn = (text) =>
  Object.fromEntries([...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/g)].map(([, name, value]) => [name, value]));
const light = tokensIn(css.slice(css.indexOf(":root"), css.indexOf("@media (prefers-color-scheme: dark)")));
const dark = { ...light, ...tokensIn(css.slice(css.indexOf("@media (prefers-color-scheme: dark)")).split("\n}")[0]) };

const channel = (hex, at) => {
  const part = parseInt(hex.slice(at, at + 2), 16) / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
};
const luminance = (hex) => 0.2126 * channel(hex, 1) + 0.7152 * channel(hex, 3) + 0.0722 * channel(hex, 5);
const contrast = (one, other) => {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
};

const SURFACES = ["ground", "sheet", "sunk"];
const NEEDS = [
  ["ink", 4.5, [...SURFACES, "wash", "warn-wash", "bad-wash"]],
  ["ink-2", 4.5, SURFACES],
  ["ink-3", 4.5, SURFACES],
  ["accent", 4.5, [...SURFACES, "wash"]],
  ["accent-2", 4.5, [...SURFACES, "wash"]],
  ["on-accent", 4.5, ["accent", "accent-2"]],
  ["warn", 4.5, ["ground", "sheet", "warn-wash"]],
  ["bad", 4.5, ["ground", "sheet", "bad-wash"]],
  ["ground", 4.5, ["ink"]], // the toast
  ["edge", 3, ["ground", "sheet"]],
  ["water", 3, ["trough", "sheet"]],
  ["warn-mark", 3, ["trough", "sheet"]],
];

for (const [scheme, tokens] of Object.entries({ light, dark })) {
  for (const [token, need, surfaces] of NEEDS) {
    test(`${token} on ${surfaces.join(", ")} has ${need} to 1 when ${scheme}`, () => {
      for (const surface of surfaces) {
        const has = contrast(tokens[token], tokens[surface]);
        assert.ok(has >= need, `${token} ${tokens[token]} on ${surface} ${tokens[surface]}: ${has.toFixed(2)}`);
      }
    });
  }
}

test("both schemes set every token of the palette", () => {
  const darkOnly = tokensIn(css.slice(css.indexOf("@media (prefers-color-scheme: dark)")).split("\n}")[0]);
  assert.deepEqual(Object.keys(darkOnly).sort(), Object.keys(light).sort());
});
