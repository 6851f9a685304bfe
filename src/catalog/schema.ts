import * as z from "zod";
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

/** Entries that are listed twice, and parameters that cannot work, are faults of the file like any other. */
const checkEntries = (
  rules: readonly RuleSpec[],
  lists: Record<string, Entry[]>,
  completion: CompletionSpec,
  context: z.RefinementCtx,
) => {
  for (const [path, entries] of Object.entries(lists)) {
    const seen = new Set<string>();
    for (const [index, { type, slug }] of entries.entries()) {
      if (seen.has(slug))
        context.addIssue({ code: "custom", path: [path, index], message: `The ${type} ${slug} is listed twice` });
      seen.add(slug);
    }
  }
  const count = Object.values(lists).flat().length;
  const fault = rules.find(({ name }) => name === completion.rule)?.fault?.(completion as never, count);
  if (fault !== undefined) context.addIssue({ code: "custom", path: ["completion"], message: fault });
};

/** Schemas of the content files. Unknown keys are kept: a content repository may have fields of its own. */
export function contentSchemas(rules: readonly RuleSpec[]) {
  const common = { slug: Slug, title: z.string().optional(), completion: completionSchema(rules) };

  const Course = z
    .object({ ...common, modules: z.array(entry("module")) })
    .superRefine(({ modules, completion }, context) =>
      checkEntries(rules, { modules }, completion as CompletionSpec, context),
    )
    .transform(
      ({ slug, title, modules, completion }): Omit<Definition, "source"> => ({
        type: "course",
        slug,
        title,
        entries: modules,
        completion: completion as CompletionSpec,
      }),
    );

  const Pathway = z
    .object({ ...common, courses: z.array(entry("course")).default([]), modules: z.array(entry("module")).default([]) })
    .superRefine(({ courses, modules, completion }, context) =>
      checkEntries(rules, { courses, modules }, completion as CompletionSpec, context),
    )
    .transform(
      ({ slug, title, courses, modules, completion }): Omit<Definition, "source"> => ({
        type: "pathway",
        slug,
        title,
        entries: [...courses, ...modules],
        completion: completion as CompletionSpec,
      }),
    );

  const Module = z.record(z.string(), z.unknown(), { error: "Expected an object" });

  return { Course, Pathway, Module };
}
