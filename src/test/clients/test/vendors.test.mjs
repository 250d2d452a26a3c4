// The vendors' own libraries against the fakes that our adapters are tested with: what they do not understand is not true.
import assert from "node:assert/strict";
import { test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

const openai = new OpenAI({ apiKey: "sk-1", baseURL: process.env.FAKE_OPENAI, maxRetries: 0 });
const anthropic = new Anthropic({ apiKey: "sk-ant-1", baseURL: process.env.FAKE_ANTHROPIC, maxRetries: 0 });
const TEXT = "sea0 été1 海2 🚀3 boat4";
const FRAMINGS = ["", "@crlf", "@comments", "@split", "@bom", "@no_type", "@twice"];

const chat = (prompt, more) => ({ model: "fake", messages: [{ role: "user", content: `${prompt} @words=5` }], ...more });
const message = (prompt, more) => ({ ...chat(prompt, more), max_tokens: 100 });

async function streamed(prompt) {
  const stream = await openai.chat.completions.create(
    chat(prompt, { stream: true, stream_options: { include_usage: true } }),
  );
  const told = { text: "", finish: null, usage: null };
  for await (const chunk of stream) {
    told.text += chunk.choices[0]?.delta?.content ?? "";
    told.finish ??= chunk.choices[0]?.finish_reason;
    told.usage = chunk.usage ?? told.usage;
  }
  return told;
}

for (const framing of FRAMINGS) {
  test(`openai reads a chat ${framing}`, async () => {
    const told = await streamed(`a boat ${framing}`);
    assert.equal(told.text, TEXT);
    assert.equal(told.finish, "stop");
    assert.equal(told.usage.completion_tokens, 5);
  });
  test(`anthropic reads a message ${framing}`, async () => {
    let text = "";
    let stop = null;
    for await (const event of await anthropic.messages.create(message(`a boat ${framing}`, { stream: true }))) {
      text += event.type === "content_block_delta" && event.delta.type === "text_delta" ? event.delta.text : "";
      stop = event.type === "message_delta" ? event.delta.stop_reason : stop;
    }
    assert.equal(text, TEXT);
    assert.equal(stop, "end_turn");
  });
}

test("openai reads a chat in one piece", async () => {
  const answer = await openai.chat.completions.create(chat("a boat"));
  assert.equal(answer.choices[0].message.content, TEXT);
  assert.equal(answer.usage.prompt_tokens, 16);
});

test("anthropic puts a message together, thoughts and all", async () => {
  const whole = await anthropic.messages.stream(message("a boat @thinking")).finalMessage();
  assert.deepEqual(
    whole.content.map((block) => block.type),
    ["thinking", "text"],
  );
  assert.equal(whole.content[1].text, TEXT);
  assert.equal(whole.usage.output_tokens, 5);
});

test("anthropic reads a message in one piece", async () => {
  const whole = await anthropic.messages.create(message("a boat"));
  assert.equal(whole.content[0].text, TEXT);
  assert.equal(whole.stop_reason, "end_turn");
});

test("openai sees an error in mid-stream", async () => {
  for (const how of ["@error_after=2", "@error_after=2 @error_event"]) {
    await assert.rejects(streamed(how), OpenAI.APIError);
  }
});

test("anthropic sees an error in mid-stream", async () => {
  const stream = anthropic.messages.stream(message("@error_after=2 @overloaded"));
  await assert.rejects(stream.finalMessage(), (error) => {
    assert.ok(error instanceof Anthropic.APIError);
    assert.match(error.message, /overloaded_error/);
    return true;
  });
});

test("anthropic sees a refusal", async () => {
  const whole = await anthropic.messages.stream(message("@refuse_after=2")).finalMessage();
  assert.equal(whole.stop_reason, "refusal");
});

test("anthropic's stream that is cut is not whole", async () => {
  await assert.rejects(anthropic.messages.stream(message("@cut_after=2")).finalMessage());
});

for (const [how, type, status] of [
  ["@status=400", "BadRequestError", 400],
  ["@status=401", "AuthenticationError", 401],
  ["@status=403", "PermissionDeniedError", 403],
  ["@status=404", "NotFoundError", 404],
  ["@status=429 @retry_after=7", "RateLimitError", 429],
  ["@status=500", "InternalServerError", 500],
  ["@status=529", "InternalServerError", 529],
]) {
  for (const [Library, call] of [
    [OpenAI, () => openai.chat.completions.create(chat(how))],
    [Anthropic, () => anthropic.messages.create(message(how))],
  ]) {
    test(`${Library.name} knows ${how}`, async () => {
      await assert.rejects(call(), (error) => {
        assert.ok(error instanceof Library[type], `${error}`);
        assert.equal(error.status, status);
        assert.equal(error.headers.get("retry-after"), how.includes("retry_after") ? "7" : null);
        return true;
      });
    });
  }
}

test("openai knows an account that is used up", async () => {
  await assert.rejects(openai.chat.completions.create(chat("@quota")), { status: 429, code: "insufficient_quota" });
});

test("anthropic's limit of tokens is required and a system turn is none", async () => {
  await assert.rejects(anthropic.messages.create(chat("a boat", { stream: true })), { status: 400 });
  const system = { role: "system", content: "be brief" };
  await assert.rejects(anthropic.messages.create(message("a boat", { messages: [system] })), { status: 400 });
});

test("openai reads pictures, in the making and made", async () => {
  const stream = await openai.images.generate({ model: "gpt-image-1", prompt: "a boat", stream: true, partial_images: 2 });
  const types = [];
  for await (const event of stream) {
    types.push(event.type);
    assert.match(event.b64_json, /^iVBOR/);
  }
  assert.deepEqual(types, [
    "image_generation.partial_image",
    "image_generation.partial_image",
    "image_generation.completed",
  ]);
  const whole = await openai.images.generate({ model: "gpt-image-1", prompt: "a boat", n: 2 });
  assert.equal(whole.data.length, 2);
  await assert.rejects(openai.images.generate({ model: "gpt-image-1", prompt: "@forbidden" }), {
    status: 400,
    code: "moderation_blocked",
  });
});
