// The Vercel AI SDK against a running server, by its chat API: with its provider for OpenAI and the one for whoever speaks like it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, experimental_generateImage, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { ADDRESS, TOKEN, over } from "./house.mjs";

const seen = [];
const settings = {
  apiKey: TOKEN,
  baseURL: `${ADDRESS}/openai/v1`,
  fetch: async (...call) => {
    const response = await fetch(...call);
    seen.push(response.headers.get("x-generation-id"));
    return response;
  },
};
const openai = createOpenAI(settings);
const compatible = createOpenAICompatible({ ...settings, name: "millrace", includeUsage: true });

for (const [name, chat] of [
  ["@ai-sdk/openai", (model) => openai.chat(model)],
  ["@ai-sdk/openai-compatible", (model) => compatible.chatModel(model)],
]) {
  test(`${name}: a text is generated`, async () => {
    const answer = await generateText({ model: chat("fake"), prompt: "a boat @words=3 ai" });
    assert.equal(answer.text, "sea0 été1 海2");
    assert.equal(answer.finishReason, "stop");
    assert.equal(answer.usage.outputTokens, 3);
  });

  test(`${name}: a text is streamed`, async () => {
    const stream = streamText({ model: chat("fake"), prompt: "a boat @words=5 ai" });
    let text = "";
    for await (const piece of stream.textStream) {
      text += piece;
    }
    assert.equal(text, "sea0 été1 海2 🚀3 boat4");
    assert.equal((await stream.usage).outputTokens, 5);
  });

  for (const [way, run] of [
    ["generateText", async (asked) => generateText(asked)],
    ["streamText", async (asked) => streamText(asked)],
  ]) {
    test(`${name}: ${way} calls tools and goes on with their results`, async () => {
      const calls = [];
      const answer = await run({
        model: chat("fake"),
        prompt: `weather? @tool=weather @tool_calls=2 @words=0 ${name} ${way}`,
        stopWhen: stepCountIs(3),
        tools: {
          weather: tool({
            inputSchema: z.object({ city: z.string(), days: z.number() }),
            execute: async (asked) => {
              calls.push(asked);
              return "12 degrees @words=2";
            },
          }),
        },
      });
      assert.match(await answer.text, /^sea0 été1$/);
      assert.deepEqual(calls, [
        { city: "Köln 🚀", days: 0 },
        { city: "Köln 🚀", days: 1 },
      ]);
    });
  }

  test(`${name}: an aborted stream ends its generation`, async () => {
    const controller = new AbortController();
    const stream = streamText({
      model: chat("fake"),
      prompt: "a boat @words=5000 @delay_ms=20 ai abort",
      abortSignal: controller.signal,
      onError: () => {},
    });
    let words = 0;
    for await (const piece of stream.textStream) {
      if (piece && ++words === 5) {
        controller.abort();
      }
    }
    const generation = await over(seen.at(-1));
    assert.equal(generation.status, "canceled");
    assert.ok(generation.cost.charged > 0);
  });

  test(`${name}: errors say what the server said`, async () => {
    await assert.rejects(
      generateText({ model: chat("nobody/nothing"), prompt: "x" }),
      (error) => APICallError.isInstance(error) && error.statusCode === 404 && /no such model/.test(error.message),
    );
  });

  test(`${name}: a stream that breaks is an error and no end`, async () => {
    const errors = [];
    const stream = streamText({
      model: chat("fake"),
      prompt: "a boat @words=8 @cut_after=4 ai",
      onError: ({ error }) => errors.push(error),
    });
    let text = "";
    for await (const part of stream.fullStream) {
      text += part.type === "text-delta" ? part.text : "";
    }
    assert.equal(text, "sea0 été1 海2 🚀3");
    assert.equal(errors.length, 1);
  });
}

test("an image is made", async () => {
  const { image } = await experimental_generateImage({ model: openai.image("studio/image"), prompt: "a boat", size: "256x256" });
  assert.equal(Buffer.from(image.uint8Array).subarray(1, 4).toString(), "PNG");
});
