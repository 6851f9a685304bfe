import type { Catalog, Definition } from "../catalog/catalog.ts";
import type { FlaggedType } from "../model/entity.ts";
import type { Progress } from "../model/progress.ts";
import type { Timestamp } from "../model/time.ts";
import { type Completion, type EntryState, NOTHING_REQUIRED } from "./completion.ts";
import { RULES } from "./rules/index.ts";

const rules = new Map(RULES.map((rule) => [rule.name, rule]));

const evaluate = (
  { completion, entries }: Definition,
  completedAt: (entry: Definition["entries"][number]) => Timestamp | undefined,
) => {
  const rule = rules.get(completion.rule);
  // The catalog has been checked against the same rules.
  if (rule === undefined) throw new TypeError(`No completion rule ${completion.rule}`);
  return rule.evaluate(
    completion as never,
    entries.map((entry): EntryState => ({ ...entry, completedAt: completedAt(entry) })),
  );
};

/** Whether the facts complete a course, since when, and what is missing. A course without metadata is never complete. */
export function calculateCourseCompletion(catalog: Catalog, slug: string, progress: Progress): Completion {
  const course = catalog.course.get(slug);
  return course ? evaluate(course, (entry) => progress.module.get(entry.slug)?.completedAt) : NOTHING_REQUIRED;
}

/** As for a course. A course counts in a pathway when it is flagged complete or the facts complete it. */
export function calculatePathwayCompletion(catalog: Catalog, slug: string, progress: Progress): Completion {
  const pathway = catalog.pathway.get(slug);
  if (pathway === undefined) return NOTHING_REQUIRED;
  return evaluate(pathway, (entry) =>
    entry.type === "module"
      ? progress.module.get(entry.slug)?.completedAt
      : (progress.course.get(entry.slug)?.flag?.completedAt ??
        calculateCourseCompletion(catalog, entry.slug, progress).completedAt),
  );
}

export const calculateCompletion = (
  catalog: Catalog,
  { type, slug }: { type: FlaggedType; slug: string },
  progress: Progress,
): Completion => (type === "course" ? calculateCourseCompletion : calculatePathwayCompletion)(catalog, slug, progress);
