export { type Exchange, exchangesIn } from "../../src/local/paper-exchanges.ts";

/** Stands in an answer's list, or as a key of an object, where the paper leaves out the rest. */
const MORE = "…";
const PLACEHOLDER = /^<[a-z -]+>$/;

type Json = unknown;
const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * An answer as the paper would show it: with the paper's placeholders (`"<time>"` for any text) and what it leaves out.
 * It equals what the paper shows exactly when the paper is right.
 */
export function asShown(answer: Json, shown: Json): Json {
  if (typeof shown === "string" && PLACEHOLDER.test(shown) && typeof answer === "string") return shown;
  if (Array.isArray(answer) && Array.isArray(shown)) {
    const isCut = shown.at(-1) === MORE && answer.length >= shown.length;
    const kept = isCut ? answer.slice(0, shown.length - 1) : answer;
    return [...kept.map((item, index) => asShown(item, shown[index])), ...(isCut ? [MORE] : [])];
  }
  if (!isObject(answer) || !isObject(shown)) return answer;
  const isCut = MORE in shown && Object.keys(answer).length >= Object.keys(shown).length;
  const kept = Object.entries(answer).filter(([key]) => !isCut || key in shown);
  return {
    ...Object.fromEntries(kept.map(([key, value]) => [key, asShown(value, shown[key])])),
    ...(isCut ? { [MORE]: shown[MORE] } : {}),
  };
}

const WIDTH = 100;
const VARYING: Record<string, string> = {
  recorded_at: "<time>",
  received_at: "<time>",
  exported_at: "<time>",
  deleted_at: "<time>",
  catalog_version: "<version>",
  version: "<version>",
};

/** An answer that a paper does not show yet: what differs from run to run becomes a placeholder. */
export const withPlaceholders = (answer: Json): Json =>
  JSON.parse(JSON.stringify(answer), (key, value) =>
    typeof value === "string" && key in VARYING ? VARYING[key] : value,
  );

/** JSON as the papers print it: what fits into a line stands in one. */
export function printed(value: Json, indent = ""): string {
  const inner = `${indent}  `;
  const line = oneLine(value);
  if (typeof value !== "object" || value === null || (indent !== "" && indent.length + line.length <= WIDTH))
    return line;
  const parts = Array.isArray(value)
    ? value.map((item) => printed(item, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${printed(item, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return parts.length === 0
    ? `${open}${close}`
    : `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indent}${close}`;
}

function oneLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${oneLine(item)}`)
    .join(", ")}}`;
}
