import { crc32 } from "node:zlib";
import type { Item } from "../items.ts";

const SET = "$set";

/** An item's attributes without its keys, as the text that is stored. Sets are attributes of their own, and never inside one. */
export function encodeItem(attributes: Item): string {
  const encoded: Item = {};
  for (const [name, value] of Object.entries(attributes)) encoded[name] = encodedValue(value);
  return JSON.stringify(encoded);
}

function encodedValue(value: unknown): unknown {
  if (value instanceof Set) return { [SET]: [...value] };
  return typeof value === "bigint" ? Number(value) : value;
}

/** @throws SyntaxError for a text that is no item */
export function decodeItem(text: string): Item {
  const item: Item = JSON.parse(text);
  // Most items hold no set.
  if (!text.includes(`"${SET}"`)) return item;
  for (const [name, value] of Object.entries(item)) {
    const elements = (value as { [SET]?: unknown } | null)?.[SET];
    if (Array.isArray(elements)) item[name] = new Set(elements);
  }
  return item;
}

/** A checksum of an item where it lies. */
export const sumOf = (learnerId: string, key: string, text: string): number => crc32(`${learnerId}\n${key}\n${text}`);
