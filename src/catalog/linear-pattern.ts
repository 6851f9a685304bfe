import { RE2JS } from "re2js";

/**
 * Matching takes time in proportion to the text times this size, in the worst case. With the longest completion data it
 * stays within some tens of milliseconds.
 */
const MAX_SIZE = 600;
/** Half of a character beyond Unicode's first 65,536, which the engine takes for a character of its own. */
const SURROGATE = /\\u[dD][89a-fA-F]/;

/** A pattern of content, as Ajv asks for it: it takes two patterns for one where `toString` says the same of both. */
export type LinearPattern = { test(text: string): boolean; toString(): string };

export type CheckedPattern = { ok: true; pattern: LinearPattern; size: number } | { ok: false; reason: string };

/**
 * A pattern that is matched in time in proportion to the text, whatever the text is: by RE2's way, since the language's
 * own engine tries every way in which `^([A-Za-z]+ ?)+$` could fit. Whoever sends completion data chooses the text.
 */
export function linearPattern(source: string): CheckedPattern {
  if (SURROGATE.test(source)) return refused(source, "write a character as \\u{1F600}, not in two halves");
  let engine: RE2JS;
  try {
    new RegExp(source, "u");
  } catch (error) {
    return refused(source, (error as Error).message);
  }
  try {
    // RE2JS writes some escapes in another way, and a script without its name.
    engine = RE2JS.compile(RE2JS.translateRegExp(source.replace(/\\([pP])\{(?:Script|sc)=(\w+)\}/g, "\\$1{$2}")));
  } catch (error) {
    const { message } = error as Error;
    return refused(source, `${message.replace(/^error parsing regexp: /, "")}. ${UNSUPPORTED}`);
  }
  const size = engine.programSize();
  if (size > MAX_SIZE)
    return refused(
      source,
      `it is too large (${size} steps of ${MAX_SIZE}); bound the length by maxLength, not by {m,n}`,
    );
  return { ok: true, pattern: { test: (text) => engine.test(text), toString: () => `/${source}/u` }, size };
}

const UNSUPPORTED =
  "Write it so that it can be matched in linear time: without lookaround, backreferences and more than 1,000 repetitions";

const refused = (source: string, reason: string): CheckedPattern => ({
  ok: false,
  reason: `The pattern ${source.length > 100 ? `${source.slice(0, 100)}…` : source} cannot be used: ${reason}`,
});
