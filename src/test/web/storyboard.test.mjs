import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./js.mjs";

const { picturesOf } = await load("storyboard.js");
const { storyboard } = await load("assets.js");
const TRACK = `WEBVTT

00:00:00.000 --> 00:00:01.000
storyboard-00.jpg#xywh=0,0,160,90

00:00:01.000 --> 00:00:01.500
storyboard-01.jpg#xywh=160,90,160,90
`;

test("a track says which part of which sheet shows what", () => {
  assert.deepEqual(picturesOf(TRACK, "/media/a/9.x/1/storyboard.vtt"), [
    { sheet: "/media/a/9.x/1/storyboard-00.jpg", x: 0, y: 0, width: 160, height: 90 },
    { sheet: "/media/a/9.x/1/storyboard-01.jpg", x: 160, y: 90, width: 160, height: 90 },
  ]);
  assert.deepEqual(picturesOf("WEBVTT\n\nNOTE nothing\n", "/t.vtt"), []);
});

test("an asset's track is its storyboard in text, not a sheet", () => {
  const renditions = [
    { kind: "storyboard", content_type: "image/jpeg", url: "/sheet.jpg" },
    { kind: "storyboard", content_type: "text/vtt; charset=utf-8", url: "/board.vtt" },
  ];
  assert.equal(storyboard({ renditions }), "/board.vtt");
  assert.equal(storyboard({ renditions: renditions.slice(0, 1) }), null);
  assert.equal(storyboard({}), null);
});
