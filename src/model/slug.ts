import * as z from "zod";

const SLUG = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,199}$/;

const EXPECTED = {
  error: "Expected a slug: 1 to 200 letters, digits, dots, hyphens or underscores, beginning with a letter or digit",
};

/** The name of a module, course or pathway; part of a table key, where `#` separates, and of a URL. */
export const Slug = z.string(EXPECTED).regex(SLUG, EXPECTED);
export type Slug = z.infer<typeof Slug>;

export const isSlug = (value: unknown): value is Slug => typeof value === "string" && SLUG.test(value);
