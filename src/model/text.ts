import * as z from "zod";

// Control characters and lone surrogates have no place in an identifier, and a store may refuse or alter them.
const CONTROL = /\p{Cc}/u;

const textOf = (max: number) => {
  const expected = { error: `Expected a text of 1 to ${max} characters` };
  return z
    .string(expected)
    .min(1, expected)
    .max(max, expected)
    .refine((text) => text.isWellFormed() && !CONTROL.test(text), {
      error: "Expected well-formed text without control characters",
    });
};

/** Made once for each length: many fields are such texts, and a schema takes a while to make. */
const made = new Map<number, ReturnType<typeof textOf>>();

/** A short text of a client's own: 1 to `max` characters of well-formed Unicode without control characters. */
export function Text(max: number): ReturnType<typeof textOf> {
  const text = made.get(max) ?? textOf(max);
  made.set(max, text);
  return text;
}

/** Orders texts by their code units, in whatever language the machine is set to. */
export const compareText = (a: string, b: string): number => Number(a > b) - Number(a < b);
