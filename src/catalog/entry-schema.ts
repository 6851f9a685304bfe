import * as z from "zod";
import { Slug } from "../model/slug.ts";
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
export const listEntry = (type: WrittenEntry["type"]) =>
  z
    .union([Slug, z.object({ slug: Slug, ...options }).refine(spanOf.check, spanOf.fault)], {
      error: "Expected a slug, or { slug, optional, from, until }",
    })
    .transform((value): WrittenEntry => (typeof value === "string" ? { type, slug: value } : { type, ...value }));

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
