import type { Item } from "../items.ts";

/**
 * What others had written of an item when the second of two writes came to it: what the first of them has added is left out.
 * @param item as the second write has found it
 * @param before as the first one has
 * @param own what the first one added: times, where there was none, and elements of sets
 */
export const withoutOwn = (item: Item, before: Item, own: Item): Item =>
  Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) => {
      const left = leftOf(value, before[name], own[name]);
      return left === undefined ? [] : [[name, left]];
    }),
  );

function leftOf(value: unknown, before: unknown, own: unknown): unknown {
  if (!(value instanceof Set && own instanceof Set)) return before === undefined && value === own ? undefined : value;
  const others = [...value].filter((element) => !own.has(element) || (before instanceof Set && before.has(element)));
  return others.length === 0 ? undefined : new Set(others);
}
