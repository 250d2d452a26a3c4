// Which file of an asset is for what: the poster, the small picture of a tile, what plays, what is downloaded.

const pictures = (asset) =>
  (asset.renditions ?? []).filter(({ url, kind, content_type: type }) => url && kind !== "storyboard" && (type ?? "").startsWith("image/"));

const named = (asset, name) => pictures(asset).find(({ kind }) => kind === name);

const byWidth = (asset) =>
  pictures(asset)
    .filter(({ width }) => width)
    .sort((one, other) => one.width - other.width);

/** A still of the asset, full size. */
export function poster(asset) {
  if (asset.kind === "image" && asset.url) return asset.url;
  return (named(asset, "poster") ?? byWidth(asset).pop() ?? pictures(asset)[0])?.url ?? null;
}

/** A still at least {@code width} wide where there is one, else the widest. */
export function still(asset, width) {
  const known = byWidth(asset);
  const fit = known.find((picture) => picture.width >= width) ?? known.pop();
  return fit?.url ?? poster(asset);
}

/** What a video element plays. */
export function film(asset) {
  if (asset.kind !== "video") return null;
  const rendition = (asset.renditions ?? []).find(({ url, content_type: type }) => url && type === "video/mp4");
  return rendition?.url ?? asset.url ?? null;
}

/** The text track of the small pictures of a video. */
export function storyboard(asset) {
  return (asset.renditions ?? []).find(({ url, kind, content_type: type }) => url && kind === "storyboard" && type?.startsWith("text/vtt"))?.url ?? null;
}

export const playable = (run) => run.assets.find((asset) => asset.status === "ready" || film(asset) || poster(asset)) ?? null;

/** The options of a run for another one like it: as they were sent, else as far as its files tell. */
export function optionsOf(run) {
  if (run.options) return run.options;
  const { width, height, duration_seconds: seconds } = run.assets[0] ?? {};
  if (!width) return {};
  return run.kind === "video"
    ? { width, height, seconds: Math.max(1, Math.round(seconds ?? 1)) }
    : { width, height, count: run.assets.length };
}

/** A file name people recognise: the first words of the prompt. */
export function fileName(run, asset) {
  const words = run.prompt.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ["millrace"];
  const ending =
    { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "video/mp4": "mp4" }[asset.content_type] ??
    asset.content_type?.split("/")[1] ??
    "bin";
  return `${words.slice(0, 6).join("-").slice(0, 60)}.${ending}`;
}
