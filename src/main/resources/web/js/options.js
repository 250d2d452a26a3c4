// The options of a model, as fields for people. Width and height are chosen together; whatever else a model takes gets a field
// made from its description, so that a new option needs no new page.
import { count, size } from "./words.js";

const SIZES = {
  image: [
    [1024, 1024],
    [1280, 720],
    [720, 1280],
    [768, 768],
    [512, 512],
    [1536, 1024],
    [1024, 1536],
  ],
  video: [
    [1280, 720],
    [720, 1280],
    [1920, 1080],
    [1080, 1920],
    [640, 360],
    [720, 720],
  ],
};
const STEPS = {
  seconds: [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20],
  count: [1, 2, 3, 4, 6, 8],
  max_tokens: [128, 256, 512, 1024, 2048, 4096, 8192],
};
const RARE = new Set(["top_p", "temperature", "speed"]); // for programs, as are lists; a person is asked the rest

/** @returns fields [{name, label, kind: "size" | "choice" | "number" | "text" | "switch", value, choices, minimum, maximum, step}] */
export function fieldsOf(model, chosen) {
  const described = model?.options ?? {};
  const testing = model?.id?.includes("/chaos-"); // made to be tried with everything there is
  const fields = Object.entries(described)
    .filter(([name, { type }]) => name !== "width" && name !== "height" && type !== "strings" && (testing || !RARE.has(name)))
    .map(([name, option]) => field(name, option, chosen[name]));
  return described.width && described.height ? [sizeField(model, chosen), ...fields] : fields;
}

/** What is sent: the chosen options this model takes, sizes and defaults left out where nothing was chosen. */
export function optionsFor(model, chosen) {
  const known = Object.keys(model?.options ?? {});
  return Object.fromEntries(
    known.filter((name) => chosen[name] !== undefined && chosen[name] !== null).map((name) => [name, chosen[name]]),
  );
}

function sizeField({ kind, options: { width, height } }, chosen) {
  const value = [chosen.width ?? width.default, chosen.height ?? height.default];
  const fits = ([w, h]) => within(width, w) && within(height, h);
  const choices = [value, ...(SIZES[kind] ?? SIZES.image)].filter(
    (each, at, all) => fits(each) && all.findIndex((other) => same(each, other)) === at,
  );
  choices.sort(([w, h], [v, g]) => w * h - v * g || w - v);
  return { name: "size", label: "Size", kind: "size", value: value.join("x"), choices: choices.map(([w, h]) => [`${w}x${h}`, size(w, h)]) };
}

const same = ([w, h], [v, g]) => w === v && h === g;

const within = ({ minimum, maximum, multiple_of: unit, enum: values }, n) =>
  values ? values.includes(n) : n >= (minimum ?? 0) && n <= (maximum ?? Infinity) && n % (unit ?? 1) === 0;

function field(name, option, value) {
  const label = LABELS[name] ?? sentence(name);
  const choices = option.enum ?? STEPS[name]?.filter((n) => option.type !== "string" && within(option, n));
  if (choices?.length) {
    const all = new Set([...choices, ...[value ?? option.default].filter((n) => n !== undefined && n !== null)]);
    const sorted = option.enum ? [...all] : [...all].sort((one, other) => one - other);
    return { name, label, kind: "choice", value: value ?? option.default, choices: sorted.map((n) => [n, (CHOICES[name] ?? String)(n)]) };
  }
  if (option.type === "boolean") return { name, label, kind: "switch", value: value ?? option.default ?? false };
  const number = option.type === "integer" || option.type === "number";
  return {
    name,
    label,
    kind: number ? "number" : "text",
    value: value ?? null,
    hint: option.default ?? (name === "seed" ? "any" : ""),
    minimum: option.minimum,
    maximum: option.maximum,
    step: option.type === "integer" ? 1 : "any",
  };
}

const LABELS = { max_tokens: "Length", seconds: "Seconds", count: "Pictures", seed: "Seed" };
const CHOICES = {
  seconds: (n) => `${n}\u00a0s`,
  count: (n) => (n === 1 ? "1 picture" : `${n} pictures`),
  max_tokens: (n) => `up to ${count(n)} tokens`,
};

const sentence = (name) => name.charAt(0).toUpperCase() + name.slice(1).replace(/_/g, " ");
