// What the strict content policy and the house ask of the files themselves.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { WEB } from "./js.mjs";

const files = readdirSync(WEB, { recursive: true }).filter((name) => /\.(js|css|html)$/.test(name));
const read = (name) => readFileSync(new URL(name, WEB), "utf8");
const html = read("index.html");

test("the page has one inline script, the import map, and no inline style", () => {
  const inline = [...html.matchAll(/<script\b([^>]*)>/g)].filter(([, attributes]) => !attributes.includes("src="));
  assert.deepEqual(
    inline.map(([, attributes]) => attributes.trim()),
    ['type="importmap"'],
  );
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=/);
});

test("no template writes a style attribute, which the policy would refuse", () => {
  for (const name of files.filter((each) => each.endsWith(".js")))
    assert.doesNotMatch(read(name), /\sstyle=["$]|styleMap|unsafeHTML|innerHTML|\beval\(/, name);
});

test("every module that is imported exists or is named in the import map", () => {
  const { imports } = JSON.parse(/<script type="importmap">([\s\S]*?)<\/script>/.exec(html)[1]);
  for (const name of files.filter((each) => each.endsWith(".js"))) {
    for (const [, wanted] of read(name).matchAll(/(?:from|import) "([^"]+)"/g)) {
      if (wanted.startsWith(".")) assert.doesNotThrow(() => readFileSync(new URL(wanted, new URL(name, WEB))), `${name} imports ${wanted}`);
      else
        assert.ok(
          imports[wanted] || Object.keys(imports).some((prefix) => prefix.endsWith("/") && wanted.startsWith(prefix)),
          `${name} imports ${wanted}`,
        );
    }
  }
});

test("every drawing that is used is in the sprite, and none is there unused", () => {
  const drawn = new Set([...html.matchAll(/<symbol id="i-([\w-]+)"/g)].map(([, name]) => name));
  const code = files
    .filter((each) => each.endsWith(".js"))
    .map(read)
    .join("\n");
  for (const [, name] of code.matchAll(/icon\("([\w-]+)"/g)) assert.ok(drawn.has(name), name);
  for (const name of drawn) assert.match(code, new RegExp(`"${name}"`), `${name} is drawn nowhere`);
});

test("files are short and tokens are the only colours", () => {
  const lines = files.map((name) => read(name).split("\n").length).sort((one, other) => one - other);
  assert.ok(lines[lines.length - 1] <= 400);
  assert.ok(lines[Math.floor(lines.length / 2)] < 100);
  for (const name of files.filter((each) => each.endsWith(".js"))) assert.doesNotMatch(read(name), /#[0-9a-f]{6}\b/i, name);
});
