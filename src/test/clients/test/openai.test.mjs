// The npm package "openai" against a running server: every call of the face, and its own retries.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI, { APIError, APIUserAbortError, NotFoundError, AuthenticationError, BadRequestError, UnprocessableEntityError, toFile } from "openai";
import { ADDRESS, TOKEN, over, recording } from "./house.mjs";

/** 64x36 pixels in two colours. */
const PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAEAAAAAkCAIAAAC2bqvFAAAAQklEQVR42u3PMQ0AMAgAMETsRslETPZEIAYNHHxNaqDxb646r1aFgICAgICAgICAgICAgICAgICAgICAgICAgMBMA0vDuZfTcUE5AAAAAElFTkSuQmCC";

const client = new OpenAI({ apiKey: TOKEN, baseURL: `${ADDRESS}/openai/v1` });

test("models are listed and retrieved", async () => {
  const ids = [];
  for await (const model of client.models.list()) {
    ids.push(model.id);
  }
  assert.ok(ids.includes("studio/text"));
  assert.equal((await client.models.retrieve("studio/text")).owned_by, "studio");
  await assert.rejects(client.models.retrieve("nobody/nothing"), NotFoundError);
});

test("a chat is answered at once", async () => {
  const { data, response } = await client.chat.completions
    .create({ model: "fake", messages: [{ role: "user", content: "a boat @words=3 npm" }] })
    .withResponse();
  assert.equal(data.choices[0].message.content, "sea0 été1 海2");
  assert.equal(data.choices[0].finish_reason, "stop");
  assert.equal(data.usage.total_tokens, 19);
  assert.equal(`chatcmpl-${response.headers.get("x-generation-id")}`, data.id);
});

test("a chat is streamed", async () => {
  const stream = await client.chat.completions.create({
    model: "fake",
    messages: [{ role: "user", content: "a boat @words=5 npm" }],
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = "";
  let usage = null;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? "";
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, "sea0 été1 海2 🚀3 boat4");
  assert.equal(usage.completion_tokens, 5);
});

const weather = {
  type: "function",
  function: {
    name: "weather",
    parameters: { type: "object", properties: { city: { type: "string" }, days: { type: "number" } } },
  },
};

test("tools are called and their results are read", async () => {
  const seen = [];
  const runner = client.chat.completions.runTools({
    model: "fake",
    stream: true,
    messages: [{ role: "user", content: "weather? @tool=weather @tool_calls=2 @words=0" }],
    tools: [
      {
        type: "function",
        function: {
          ...weather.function,
          parse: JSON.parse,
          function: (asked) => {
            seen.push(asked);
            return "12 degrees @words=2";
          },
        },
      },
    ],
  });
  assert.equal(await runner.finalContent(), "sea0 été1");
  assert.deepEqual(seen, [
    { city: "Köln 🚀", days: 0 },
    { city: "Köln 🚀", days: 1 },
  ]);
});

test("an aborted stream ends its generation, which is charged for what came", async () => {
  const { data: stream, response } = await client.chat.completions
    .create({ model: "fake", messages: [{ role: "user", content: "a boat @words=5000 @delay_ms=20 npm abort" }], stream: true })
    .withResponse();
  let words = 0;
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content && ++words === 5) {
      stream.controller.abort();
    }
  }
  const began = Date.now();
  const generation = await over(response.headers.get("x-generation-id"));
  assert.ok(Date.now() - began < 1000, `it took ${Date.now() - began} ms`);
  assert.equal(generation.status, "canceled");
  assert.ok(generation.cost.charged > 0);
});

test("an aborted call that is not streamed fails on this side", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 300);
  await assert.rejects(
    client.chat.completions.create(
      { model: "fake", messages: [{ role: "user", content: "a boat @words=5000 @delay_ms=20 npm whole" }] },
      { signal: controller.signal },
    ),
    APIUserAbortError,
  );
});

test("errors are those the library knows", async () => {
  const stranger = new OpenAI({ apiKey: "sk-nobody", baseURL: `${ADDRESS}/openai/v1` });
  await assert.rejects(stranger.models.list(), AuthenticationError);
  await assert.rejects(
    client.chat.completions.create({ model: "fake", messages: [{ role: "user", content: "x" }], temperature: 9 }),
    (error) => error instanceof BadRequestError && error.param === "temperature" && error.code === "invalid_value",
  );
  await assert.rejects(
    client.chat.completions.create({ model: "nobody/nothing", messages: [{ role: "user", content: "x" }] }),
    (error) => error instanceof NotFoundError && error.code === "model_not_found",
  );
  await assert.rejects(client.responses.create({ model: "fake", input: "x" }), /chat\/completions/);
});

test("a stream that breaks is an error and no end", async () => {
  const stream = await client.chat.completions.create({
    model: "fake",
    messages: [{ role: "user", content: "a boat @words=8 @cut_after=4 npm" }],
    stream: true,
  });
  let text = "";
  await assert.rejects(
    async () => {
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
      }
    },
    (error) => error instanceof APIError && error.code === "provider_failed",
  );
  assert.equal(text, "sea0 été1 海2 🚀3");
});

test("what failed at the provider is not asked for again", async () => {
  const { fetch, answers } = recording();
  const recorded = new OpenAI({ apiKey: TOKEN, baseURL: `${ADDRESS}/openai/v1`, fetch });
  await assert.rejects(
    recorded.chat.completions.create({ model: "fake", messages: [{ role: "user", content: "a boat @status=400 npm" }] }),
    (error) => error.status === 502,
  );
  assert.deepEqual(answers.map((answer) => answer.status), [502]);
});

test("with a key a repeated call is the same generation, without one another", async () => {
  const asked = { model: "fake", messages: [{ role: "user", content: "a boat @words=2 npm key" }] };
  const one = await client.chat.completions.create(asked, { headers: { "Idempotency-Key": "npm-1" } });
  const same = await client.chat.completions.create(asked, { headers: { "Idempotency-Key": "npm-1" } });
  const other = await client.chat.completions.create(asked);
  assert.equal(same.id, one.id);
  assert.notEqual(other.id, one.id);
});

test("images are made, fetched and streamed", async () => {
  const made = await client.images.generate({ model: "studio/image", prompt: "a boat", size: "256x256" });
  assert.equal(Buffer.from(made.data[0].b64_json, "base64").subarray(1, 4).toString(), "PNG");
  const stream = await client.images.generate({ model: "studio/image", prompt: "a boat", size: "256x256", stream: true });
  const types = [];
  for await (const event of stream) {
    types.push(event.type);
  }
  assert.equal(types.at(-1), "image_generation.completed");
});

test("a video is made, downloaded and deleted", async () => {
  const begun = await client.videos.create({ model: "studio/video", prompt: "a boat", seconds: "1", size: "256x144" });
  assert.equal(begun.object, "video");
  await over(begun.id);
  const video = await client.videos.retrieve(begun.id);
  assert.equal(video.status, "completed");
  assert.equal(video.progress, 100);
  const content = await client.videos.downloadContent(video.id);
  assert.ok((await content.arrayBuffer()).byteLength > 1000);
  assert.equal((await client.videos.delete(video.id)).deleted, true);
  await assert.rejects(client.videos.retrieve(video.id), NotFoundError);
});

test("a video may begin with a picture", async () => {
  const png = Buffer.from(PICTURE, "base64");
  const input_reference = await toFile(png, "boat.png", { type: "image/png" });
  const begun = await client.videos.create({ model: "studio/video", prompt: "a boat", seconds: "1", size: "256x144", input_reference });
  await over(begun.id);
  assert.equal((await client.videos.retrieve(begun.id)).status, "completed");
  assert.ok((await (await client.videos.downloadContent(begun.id)).arrayBuffer()).byteLength > 1000);

  const held = { image_url: `data:image/png;base64,${PICTURE}` };
  const other = await client.videos.create({ model: "studio/video", prompt: "a boat", seconds: "1", size: "256x144", input_reference: held });
  await over(other.id);
  assert.equal((await client.videos.retrieve(other.id)).status, "completed");

  const none = await toFile(Buffer.from("no picture at all"), "boat.png", { type: "image/png" });
  await assert.rejects(
    client.videos.create({ model: "studio/video", prompt: "a boat", input_reference: none }),
    (error) => error instanceof UnprocessableEntityError && error.param === "input_reference",
  );
});
