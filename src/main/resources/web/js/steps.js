// The steps a result goes through before it is ready, from the files that are there.

const EXPECTED = {
  video: [
    ["mp4", "MP4"],
    ["poster", "Poster"],
    ["thumbnail", "Thumbnails"],
  ],
  image: [
    ["original", "Picture"],
    ["thumbnail", "Thumbnails"],
  ],
  text: [],
};

/** [{name, state: "ok" | "now" | "", part}]; the first that is not done is the one at work. */
export function stepsOf(run) {
  const kinds = run.assets.flatMap((asset) => [
    ...(asset.url ? ["original"] : []),
    ...(asset.renditions ?? []).filter(({ url }) => url).map(({ kind }) => kind),
  ]);
  const steps = EXPECTED[run.kind].map(([kind, name]) => ({ name, state: kinds.includes(kind) ? "ok" : "", part: null }));
  const now = steps.find(({ state }) => state !== "ok");
  if (now) now.state = "now";
  return steps;
}
