import type * as z from "zod";
import type { RuleSpec } from "../../catalog/rule-spec.ts";
import type { Timestamp } from "../../model/time.ts";
import { type Completion, type EntryState, NOTHING_REQUIRED } from "../completion.ts";

type Counting<Params> = {
  /** The entries that make up numerator and denominator. */
  counted: (entries: EntryState[], params: Params) => EntryState[];
  /** How many of them must be complete. */
  needed: (counted: EntryState[], params: Params) => number;
  fault?: (params: Params, entryCount: number) => string | undefined;
};

export type Rule = RuleSpec & { evaluate: (params: never, entries: EntryState[]) => Completion };

/** A rule that asks for a number of complete entries; the inferred time is when that number was first reached. */
export function defineRule<Shape extends z.ZodRawShape>(
  name: string,
  shape: Shape,
  { counted, needed, fault }: Counting<z.infer<z.ZodObject<Shape>>>,
): Rule {
  type Params = z.infer<z.ZodObject<Shape>>;
  const evaluate = (params: Params, entries: EntryState[]): Completion => {
    const candidates = counted(entries, params);
    if (candidates.length === 0) return NOTHING_REQUIRED;
    const times: Timestamp[] = [];
    for (const { completedAt } of candidates) if (completedAt !== undefined) times.push(completedAt);
    const need = needed(candidates, params);
    const reachedAt = times.length < need ? undefined : times.sort()[need - 1];
    const progress = { completed: times.length, total: candidates.length };
    if (reachedAt !== undefined)
      return { completed: true, completedAt: reachedAt, progress, needed: need, missing: [] };
    const missing = candidates
      .filter(({ completedAt }) => completedAt === undefined)
      .map(({ type, slug }) => ({ type, slug }));
    return { completed: false, progress, needed: need, missing };
  };
  return { name, shape, evaluate, ...(fault && { fault }) } as Rule;
}
