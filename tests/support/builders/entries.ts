import type { RuleSpec } from "../../../src/catalog/rule-spec.ts";
import { measure, metAt } from "../../../src/completion/rules/evaluate.ts";
import type { Timestamp } from "../../../src/model/time.ts";

type Times = Readonly<Record<string, Timestamp | undefined>>;

/** When modules of a course were completed, if at all: the required ones, then the optional ones. */
export type EntryTimes = readonly [required: Times, optional?: Times];

/** What a rule makes of entries. */
export function outcomeOf({ requirement }: RuleSpec, parameters: object, [required, optional = {}]: EntryTimes) {
  const entries = [required, optional].flatMap((times) =>
    Object.entries(times).map(([slug, completedAt]) => ({
      type: "module" as const,
      slug,
      optional: times === optional,
      completedAt,
    })),
  );
  const asked = requirement(parameters as never, entries);
  const completedAt = metAt(asked, (entry) => entry.completedAt);
  const { completed, total, needed, missing } = measure(asked, (entry) => entry.completedAt !== undefined);
  const progress = { completed, total };
  return completedAt === undefined
    ? { completed: false, progress, needed, missing: missing.map(({ type, slug }) => ({ type, slug })) }
    : { completed: true, completedAt, progress, needed, missing: [] };
}
