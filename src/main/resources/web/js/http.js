// One request, answered or refused. A refusal carries the problem the server told (RFC 9457), or says that it did not answer.
import { heard } from "./server-time.js";

export class Refusal extends Error {
  /** {@code full}: it was refused because a window is full, and not because too much waits already. */
  constructor(problem, status = 0, retryAfter = null, full = false) {
    super(problem.detail ?? problem.title ?? "");
    Object.assign(this, { problem, status, retryAfter, full, code: problem.code, errors: problem.errors ?? [], requestId: problem.request_id });
  }

  /** Nobody answered: the request may or may not have been carried out. */
  get unanswered() {
    return this.status === 0;
  }

  /** What is said under the field this pointer names, or null. */
  at(pointer) {
    return this.errors.find((error) => error.pointer === pointer || error.pointer.startsWith(`${pointer}/`))?.detail ?? null;
  }
}

const UNANSWERED = { code: "unanswered", title: "No answer", detail: "The server did not answer. Check your connection." };

/** Sends JSON and gives the response, or throws a Refusal. An abort is thrown as it is. */
export async function send(path, { method = "GET", json, token, headers, signal } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      signal,
      cache: "no-store",
      headers: {
        ...(json === undefined ? {} : { "Content-Type": "application/json" }),
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      body: json === undefined ? undefined : JSON.stringify(json),
    });
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new Refusal(UNANSWERED);
  }
  heard(response.headers.get("Date"));
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({ title: `Answer ${response.status}` }));
  const full = response.status === 429 && /;\s*r=0\s*(;|,|$)/.test(response.headers.get("RateLimit") ?? "");
  throw new Refusal(problem, response.status, seconds(response.headers.get("Retry-After")), full);
}

const seconds = (value) => (value && /^\d+$/.test(value) ? Number(value) : null);
