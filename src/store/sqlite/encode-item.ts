import { crc32 } from "node:zlib";
import type { Item } from "../items.ts";

const SET = "$set";

const encoded = (_: string, value: unknown): unknown => {
  if (value instanceof Set) return { [SET]: [...value] };
  return typeof value === "bigint" ? Number(value) : value;
};

const decoded = (_: string, value: unknown): unknown => {
  const elements = (value as { [SET]?: unknown } | null)?.[SET];
  return Array.isArray(elements) ? new Set(elements) : value;
};

/** An item's attributes without its keys, as the text that is stored. */
export const encodeItem = (attributes: Item): string => JSON.stringify(attributes, encoded);

/** @throws SyntaxError for a text that is no item */
export const decodeItem = (text: string): Item =>
  // Most items hold no set, and are read several times faster without looking for one.
  text.includes(`"${SET}"`) ? JSON.parse(text, decoded) : JSON.parse(text);

/** A checksum of an item where it lies. */
export const sumOf = (learnerId: string, key: string, text: string): number => crc32(`${learnerId}\n${key}\n${text}`);
