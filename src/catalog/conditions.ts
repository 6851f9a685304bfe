import type { PartType } from "./completion-spec.ts";
import type { Nameable } from "./resolve-spec.ts";

/** A condition that a module's rule can name; a task that is not required is asked for only where it is named. */
export type OutlinedCondition = Nameable & { isStated: boolean };

type Conditions = { tasks: readonly { slug: string; required: boolean }[]; hasScore: boolean; hasSteps: boolean };

const RESERVED: ReadonlySet<string> = new Set(["mark", "score", "steps"] satisfies PartType[]);

/** What a module's rule can name: its tasks, its score and its steps as a whole, and that it was marked complete. */
export const conditionsOf = ({ tasks, hasScore, hasSteps }: Conditions): OutlinedCondition[] => [
  // `{ "task": "score" }` names a task that is called like one of the others.
  ...tasks.map(({ slug, required }) => ({
    type: "task" as const,
    slug,
    isStated: required,
    needsKind: RESERVED.has(slug),
  })),
  ...(hasScore ? [{ type: "score" as const, slug: "score", isStated: true }] : []),
  ...(hasSteps ? [{ type: "steps" as const, slug: "steps", isStated: true }] : []),
  { type: "mark", slug: "mark", isStated: false },
];

/** The conditions in a module's file, as far as they can be read. */
export function conditionsIn(source: object): OutlinedCondition[] {
  const { completion_tasks: tasks, score, steps } = source as Record<string, unknown>;
  const listed = Array.isArray(tasks) ? tasks.filter((task) => typeof task === "object" && task !== null) : [];
  return conditionsOf({
    tasks: listed.map(({ task_slug: slug, required }) => ({ slug: String(slug), required: required !== false })),
    hasScore: typeof score === "object" && score !== null,
    hasSteps: Array.isArray(steps) && steps.length > 0,
  });
}
