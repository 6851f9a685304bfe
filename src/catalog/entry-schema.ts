import * as z from "zod";
import { isSlug, Slug } from "../model/slug.ts";
import { ContentTime } from "./content-time.ts";

/** An entry before it is known whether its module is optional. */
export type WrittenEntry = {
  type: "module" | "course";
  slug: string;
  optional?: boolean | undefined;
  from?: string | undefined;
  until?: string | undefined;
};

const options = { optional: z.boolean().optional(), from: ContentTime.optional(), until: ContentTime.optional() };

const spanOf = {
  check: ({ from, until }: { from?: string | undefined; until?: string | undefined }) =>
    from === undefined || until === undefined || from < until,
  fault: { path: ["until"], error: "Expected a time after from" },
};

/** An entry of a list of one kind: a slug, or an object with it. */
const listEntry = (type: WrittenEntry["type"]) =>
  z
    .union([Slug, z.object({ slug: Slug, ...options }).refine(spanOf.check, spanOf.fault)], {
      error: "Expected a slug, or { slug, optional, from, until }",
    })
    .transform((value): WrittenEntry => (typeof value === "string" ? { type, slug: value } : { type, ...value }));

/**
 * A list of entries of one kind. Most are slugs alone, and a large catalog has very many: those are looked at without a
 * schema for each, which would take several times as long as all the rest.
 */
export function entryList(type: WrittenEntry["type"]) {
  const list = z.array(listEntry(type));
  return z.unknown().transform((value, context): WrittenEntry[] => {
    if (Array.isArray(value) && value.every(isSlug)) return value.map((slug: string) => ({ type, slug }));
    const parsed = list.safeParse(value);
    if (parsed.success) return parsed.data;
    context.issues.push(...(parsed.error.issues as typeof context.issues));
    return z.NEVER;
  });
}

/** An entry of the mixed list `entries`, which names its kind: `{ "module": slug }` or `{ "course": slug }`. */
export const mixedEntry = (kinds: readonly WrittenEntry["type"][]) =>
  z
    .object({ module: Slug.optional(), course: Slug.optional(), ...options })
    .refine(({ module, course }) => (module === undefined) !== (course === undefined), {
      error: "Expected { module } or { course }",
    })
    .refine(({ course }) => course === undefined || kinds.includes("course"), {
      path: ["course"],
      error: "A course holds modules alone",
    })
    .refine(spanOf.check, spanOf.fault)
    .transform(
      ({ module, course, ...rest }): WrittenEntry =>
        module === undefined
          ? { type: "course", slug: course ?? "", ...rest }
          : { type: "module", slug: module, ...rest },
    );
