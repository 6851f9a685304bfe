import * as z from "zod";
import type { HolderType } from "../model/entity.ts";
import { Slug } from "../model/slug.ts";
import type { CompletionSpec, Definition } from "./catalog.ts";
import { listEntry, mixedEntry, type WrittenEntry } from "./entry-schema.ts";
import type { RuleSpec } from "./rule-spec.ts";

const DEFAULT_RULE = "all";

/** A course or pathway as its file says it: whether an entry is optional may stand in its module. */
export type WrittenDefinition = Omit<Definition, "source" | "entries" | "counted"> & { entries: WrittenEntry[] };

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
    aliases: z.array(Slug).default([]),
    retired: z.boolean().default(false),
  };
  const insteadOfLists = { path: ["entries"], error: "Expected entries instead of the other lists, not beside them" };

  const Course = z
    .object({
      ...common,
      modules: z.array(listEntry("module")).optional(),
      entries: z.array(mixedEntry(["module"])).optional(),
    })
    .refine(({ modules, entries }) => modules !== undefined || entries !== undefined, {
      path: ["modules"],
      error: "Expected a list of modules",
    })
    .refine(({ modules, entries }) => modules === undefined || entries === undefined, insteadOfLists)
    .transform(({ modules, entries, ...file }) => definition("course", file, entries ?? modules ?? []));
  const Pathway = z
    .object({
      ...common,
      courses: z.array(listEntry("course")).optional(),
      modules: z.array(listEntry("module")).optional(),
      entries: z.array(mixedEntry(["module", "course"])).optional(),
    })
    .refine(
      ({ courses, modules, entries }) => entries === undefined || (courses ?? modules) === undefined,
      insteadOfLists,
    )
    .transform(({ courses, modules, entries, ...file }) =>
      definition("pathway", file, entries ?? [...(courses ?? []), ...(modules ?? [])]),
    );
  return { course: Course, pathway: Pathway };
}

type CommonFields = {
  slug: string;
  title?: string | undefined;
  completion: unknown;
  sequential: boolean;
  enforce_order: boolean;
  aliases: string[];
  retired: boolean;
};

const definition = (
  type: HolderType,
  { slug, title, completion, enforce_order: enforceOrder, ...rest }: CommonFields,
  entries: WrittenEntry[],
): WrittenDefinition => ({
  type,
  slug,
  title,
  entries,
  completion: completion as CompletionSpec,
  enforceOrder,
  ...rest,
});
