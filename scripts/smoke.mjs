// The conversation of scripts/smoke: signs up, sends a prompt for each kind, follows the events to the end, and compares what
// the stream said with what the server then answers. Exits with 1 and says why when anything differs.
const base = process.argv[2];
const deadline = AbortSignal.timeout(120_000);

async function call(method, path, token, body) {
  const answer = await fetch(base + path, {
    method,
    signal: deadline,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { "content-type": "application/json" } : {}),
    },
    body: body ? JSON.stringify(body) : undefined,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text.startsWith("{") ? JSON.parse(text) : text;
}

async function follow(path, token) {
  const answer = await fetch(base + path, { signal: deadline, headers: { authorization: `Bearer ${token}` } });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  let text = "";
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of answer.body) {
    rest += decoder.decode(chunk, { stream: true });
    let end;
    while ((end = rest.indexOf("\n\n")) >= 0) {
      const lines = rest.slice(0, end).split("\n");
      rest = rest.slice(end + 2);
      const event = lines.find((line) => line.startsWith("event:"))?.slice(6).trim();
      const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trim()).join("\n");
      if (event === "delta") text += JSON.parse(data).text;
      if (event === "reset") text = JSON.parse(data).text;
      if (["completed", "failed", "canceled"].includes(event)) return { event, text, last: JSON.parse(data) };
    }
  }
  throw new Error(`${path} ended without a terminal event`);
}

const page = await call("GET", "/");
if (!page.includes("<html")) throw new Error("the page is not a page");
const email = `smoke-${Date.now()}@example.com`;
const account = await call("POST", "/v1/accounts", null, { email, password: "a long enough passphrase" });
const token = account.access_token;
const wishes = [
  { kind: "text", prompt: "a paper boat in a storm", options: { max_tokens: 60 } },
  { kind: "image", prompt: "a lighthouse at night", options: { width: 512, height: 512, seed: 7 } },
  { kind: "video", prompt: "a mill by the river", options: { width: 320, height: 180, seconds: 1, seed: 7 } },
];
for (const wish of wishes) {
  const made = await call("POST", "/v1/generations", token, wish);
  const end = await follow(`/v1/generations/${made.id}/events`, token);
  if (end.event !== "completed") throw new Error(`${wish.kind}: ${end.event} ${JSON.stringify(end.last.error)}`);
  const row = await call("GET", `/v1/generations/${made.id}`, token);
  if (wish.kind === "text" && (row.text !== end.text || !row.text)) throw new Error("the stream's text is not the row's");
  if (wish.kind !== "text" && !row.assets.length) throw new Error(`${wish.kind}: no asset`);
  for (const asset of row.assets) {
    const file = await fetch(new URL(asset.url, base), { signal: deadline });
    if (!file.ok) throw new Error(`${asset.url}: ${file.status}`);
    await file.arrayBuffer();
  }
  console.log(`${wish.kind}: ${row.status}, charged ${row.cost.charged}`);
}
