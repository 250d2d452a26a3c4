// What the tests know of the server they run against, and how they look behind its face.
export const ADDRESS = process.env.MILLRACE_ADDRESS;
export const TOKEN = process.env.MILLRACE_TOKEN;

export async function house(method, path, body) {
  const response = await fetch(ADDRESS + path, {
    method,
    headers: { Authorization: `Bearer ${TOKEN}`, ...(body && { "Content-Type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  return response.json();
}

// The generation, once it is over.
export async function over(id) {
  for (let look = 0; look < 1000; look++) {
    const generation = await house("GET", `/v1/generations/${id}`);
    if (generation.finished_at) {
      return generation;
    }
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`generation ${id} does not end`);
}

// A fetch that remembers when each answer came and what it was.
export function recording(seen = () => {}) {
  const answers = [];
  return {
    answers,
    fetch: async (...call) => {
      const response = await fetch(...call);
      answers.push({ status: response.status, at: Date.now(), wait: Number(response.headers.get("retry-after-ms")) });
      await seen(response);
      return response;
    },
  };
}
