// What libraries do when they are told to come back: the account of this test runs one generation, and a hundred wait.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createOpenAI } from "@ai-sdk/openai";
import { generateText } from "ai";
import OpenAI, { RateLimitError } from "openai";
import { ADDRESS, TOKEN, house, recording } from "./house.mjs";

const ONE_RUNS_AND_ALL_WAIT = 101;
const chat = { model: "fake", messages: [{ role: "user", content: "a boat @words=2 npm retry" }] };

// Those that wait are let go on as others end: look again until there is nobody.
async function cancelAll() {
  for (let left = 1; left > 0; ) {
    left = 0;
    for (const status of ["queued", "running"]) {
      const { data } = await house("GET", `/v1/generations?limit=100&status=${status}`);
      left += data.length;
      await Promise.all(data.map(({ id }) => house("POST", `/v1/generations/${id}/cancellation`, {})));
    }
  }
}

test("the library waits as long as it is told, and then is let in", async () => {
  const { fetch, answers } = recording(async (response) => {
    if (response.status === 429) {
      await cancelAll();
    }
  });
  const client = new OpenAI({ apiKey: TOKEN, baseURL: `${ADDRESS}/openai/v1`, fetch });
  const refused = new OpenAI({ apiKey: TOKEN, baseURL: `${ADDRESS}/openai/v1`, maxRetries: 0 });

  await assert.rejects(
    refused.chat.completions.create(chat),
    (error) => error instanceof RateLimitError && error.code === "rate_limit_exceeded",
  );
  const answer = await client.chat.completions.create(chat);

  assert.equal(answer.choices[0].message.content, "sea0 été1");
  assert.deepEqual(answers.map(({ status }) => status), [429, 200]);
  assert.ok(answers[0].wait > 0);
  assert.ok(answers[1].at - answers[0].at >= answers[0].wait);
});

test("so does the AI SDK", async () => {
  for (let i = 0; i < ONE_RUNS_AND_ALL_WAIT; i++) {
    const hanging = { kind: "text", model: "openai/fake", prompt: `a boat @hang again ${i}`, options: { max_tokens: 1 } };
    assert.equal((await house("POST", "/v1/generations", hanging)).kind, "text");
  }
  const { fetch, answers } = recording(async (response) => {
    if (response.status === 429) {
      await cancelAll();
    }
  });
  const openai = createOpenAI({ apiKey: TOKEN, baseURL: `${ADDRESS}/openai/v1`, fetch });

  const answer = await generateText({ model: openai.chat("fake"), prompt: "a boat @words=2 ai retry" });

  assert.equal(answer.text, "sea0 été1");
  assert.deepEqual(answers.map(({ status }) => status), [429, 200]);
  assert.ok(answers[0].wait > 0);
  assert.ok(answers[1].at - answers[0].at >= answers[0].wait);
});
