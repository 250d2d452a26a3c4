// The steps a result goes through before it is ready, from what is known of its files.

const EXPECTED = { video: [["mp4", "MP4"], ["poster", "Poster"], ["thumbnail", "Thumbnails"]], image: [["original", "Picture"], ["thumbnail", "Thumbnails"]], text: [] };

/** [{name, state: "ok" | "now" | "", part}]; the first that is not done is the one at work. */
export function stepsOf(run) {
  const files = run.assets.flatMap((asset) => [...(asset.url ? ["original"] : []), ...(asset.renditions ?? []).filter(({ url }) => url).map(({ name }) => name ?? "")]);
  const done = ([prefix]) => files.some((name) => name.startsWith(prefix));
  const steps = EXPECTED[run.kind].map((step) => ({ name: step[1], state: done(step) ? "ok" : "", part: null }));
  const now = steps.find(({ state }) => state !== "ok");
  if (now) now.state = "now";
  return steps;
}
