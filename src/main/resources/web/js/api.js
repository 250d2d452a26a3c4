// Calls of the API in the name of who is signed in. A token the server no longer takes is renewed once and the call repeated.
import { pause } from "./backoff.js";
import { send } from "./http.js";
import { session } from "./session.js";

export async function call(path, options = {}) {
  const token = await session.token();
  try {
    return await send(path, { ...options, token });
  } catch (refusal) {
    if (refusal.status !== 401) throw refusal;
    return send(path, { ...options, token: await session.renewed(token) }).catch((again) => {
      if (again.status === 401) session.lost();
      throw again;
    });
  }
}

export const get = async (path, options) => (await call(path, options)).json();

export const post = (path, json, options) => call(path, { ...options, method: "POST", json });

const MOST_TRIES = 10;

/** A call that makes something, once however often it is sent: while the one before is still under way it comes again. */
export async function once(path, json, key = idempotencyKey()) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await post(path, json, { headers: { "Idempotency-Key": key } });
    } catch (refusal) {
      const underWay = refusal.status === 409 && refusal.retryAfter !== null;
      if (!underWay || tries === MOST_TRIES) throw refusal;
      await pause(refusal.retryAfter * 1000);
    }
  }
}

export const remove = (path, options) => call(path, { ...options, method: "DELETE" });

/** A key that makes a repeated call the same call. Not randomUUID: that one is missing on plain http. */
export function idempotencyKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
