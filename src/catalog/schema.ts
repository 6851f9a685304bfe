import * as z from "zod";
import type { HolderType } from "../model/entity.ts";
import { Slug } from "../model/slug.ts";
import type { CompletionSpec, Definition, Entry } from "./catalog.ts";
import type { RuleSpec } from "./rule-spec.ts";

const DEFAULT_RULE = "all";

const entry = <T extends Entry["type"]>(type: T) =>
  z
    .union([Slug, z.object({ slug: Slug, optional: z.boolean().default(false) })], {
      error: "Expected a slug, or { slug, optional }",
    })
    .transform(
      (value): Entry =>
        typeof value === "string"
          ? { type, slug: value, optional: false }
          : { type, slug: value.slug, optional: value.optional },
    );

const completionSchema = (rules: readonly RuleSpec[]) => {
  const [first, ...others] = rules.map(({ name, shape }) => z.object({ rule: z.literal(name), ...shape }));
  if (first === undefined) throw new TypeError("A catalog needs at least one completion rule");
  return z
    .discriminatedUnion("rule", [first, ...others], {
      error: `Expected a rule: ${rules.map(({ name }) => name).join(", ")}`,
    })
    .default({ rule: DEFAULT_RULE } as never);
};

/** Schemas of the content files. Unknown keys are kept: a content repository may have fields of its own. */
export function contentSchemas(rules: readonly RuleSpec[]) {
  const common = {
    slug: Slug,
    title: z.string().optional(),
    completion: completionSchema(rules),
    sequential: z.boolean().default(false),
    enforce_order: z.boolean().default(false),
  };

  const Course = z
    .object({ ...common, modules: z.array(entry("module")) })
    .transform(({ modules, ...file }) => definition("course", file, modules));
  const Pathway = z
    .object({ ...common, courses: z.array(entry("course")).default([]), modules: z.array(entry("module")).default([]) })
    .transform(({ courses, modules, ...file }) => definition("pathway", file, [...courses, ...modules]));
  return { course: Course, pathway: Pathway };
}

type CommonFields = {
  slug: string;
  title?: string | undefined;
  completion: unknown;
  sequential: boolean;
  enforce_order: boolean;
};

const definition = (
  type: HolderType,
  { slug, title, completion, sequential, enforce_order: enforceOrder }: CommonFields,
  entries: Entry[],
): Omit<Definition, "source"> => ({
  type,
  slug,
  title,
  entries,
  completion: completion as CompletionSpec,
  sequential,
  enforceOrder,
});
