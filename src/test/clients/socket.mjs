// Asks for generations and follows them over one socket of the "ws" package, writing each message as a line. After a few events all
// are left, and resumed behind the last one on a second socket that is opened with a ticket. Environment: BASE, TOKEN, PROMPTS.
import WebSocket from "ws";

const { BASE, TOKEN, PROMPTS } = process.env;
const ENOUGH = 8;
const TERMINAL = new Set(["completed", "failed", "canceled"]);
const last = new Map();
const open = new Set();

const address = `${BASE.replace(/^http/, "ws")}/v1/socket`;
const say = (socket, command) => socket.send(JSON.stringify(command));
const closed = (socket) => new Promise((done) => socket.on("close", (code) => done(code)));

async function post(path, body) {
  const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" };
  const response = await fetch(BASE + path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

function take(text) {
  const message = JSON.parse(text);
  if (message.event === "error") throw new Error(text);
  if (message.id) {
    console.log(text.toString());
    last.set(message.stream, message.id);
    if (TERMINAL.has(message.event)) open.delete(message.stream);
  }
  return message;
}

function first() {
  const socket = new WebSocket(address, { headers: { Authorization: `Bearer ${TOKEN}` } });
  let events = 0;
  socket.on("open", async () => {
    // all are begun before the first is heard of: those that begin later would not be left with the others
    for (const prompt of PROMPTS.split(",")) {
      const { id } = await post("/v1/generations", { kind: "text", prompt });
      open.add(id);
    }
    for (const id of open) say(socket, { subscribe: id });
  });
  socket.on("message", (text) => {
    const { stream } = take(text);
    if (++events === ENOUGH) {
      for (const id of open) say(socket, { unsubscribe: id });
      say(socket, { subscribe: "account" });
    } else if (stream === "account") {
      socket.close(1000, "enough"); // what was left has fallen silent before this came
    }
  });
  return closed(socket);
}

async function second() {
  const { ticket } = await post("/v1/stream-tickets", { path: "/v1/socket" });
  const socket = new WebSocket(`${address}?ticket=${ticket}`);
  socket.on("open", () => {
    for (const id of open) say(socket, { subscribe: id, after: last.get(id) });
    if (open.size === 0) socket.close(1000);
  });
  socket.on("message", (text) => {
    take(text);
    if (open.size === 0) socket.close(1000);
  });
  return closed(socket);
}

const codes = [await first(), await second()];
if (codes.some((code) => code !== 1000)) throw new Error(`closed with ${codes}`);
