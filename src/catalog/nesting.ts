/** As deep as an event may be, too; what is deeper could exhaust the stack of whoever walks it. */
export const MAX_NESTING = 32;

/**
 * Where a value is nested more than `MAX_NESTING` deep, as a dotted path; undefined where it is not. The walk itself goes
 * no deeper than that, so that the value it is to find cannot end the process.
 */
export function tooDeep(value: unknown, depth = 0): string | undefined {
  if (!isNested(value)) return undefined;
  if (depth >= MAX_NESTING) return "";
  // Most lists are of texts alone, and there is nothing to go into.
  if (Array.isArray(value) && !value.some(isNested)) return undefined;
  for (const key of Object.keys(value)) {
    const found = tooDeep((value as Record<string, unknown>)[key], depth + 1);
    if (found !== undefined) return found === "" ? key : `${key}.${found}`;
  }
  return undefined;
}

const isNested = (value: unknown): value is object => typeof value === "object" && value !== null;
