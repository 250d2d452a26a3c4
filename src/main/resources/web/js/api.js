// Calls of the API in the name of who is signed in. A token the server no longer takes is renewed once and the call repeated.
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

export const remove = (path, options) => call(path, { ...options, method: "DELETE" });

/** A key that makes a repeated call the same call. Not randomUUID: that one is missing on plain http. */
export function idempotencyKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
