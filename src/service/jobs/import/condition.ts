import type { Condition } from "./mapping.ts";
import type { Layout } from "./rows.ts";
import { type Scope, sourceReader } from "./source.ts";

/** Whether the row says that what it speaks of is complete; undefined where the mapping does not ask. */
export function conditionReader(
  condition: Condition | undefined,
  layout: Layout,
): (scope: Scope) => boolean | undefined {
  if (condition === undefined) return () => undefined;
  const read = sourceReader(condition, layout);
  const { is, is_not, at_least } = condition;
  if (at_least !== undefined) return (scope) => Number(read(scope) ?? Number.NaN) >= at_least;
  const values = new Set((is ?? is_not ?? []).map((value) => value.trim()));
  return (scope) => values.has(read(scope) ?? "") === (is !== undefined);
}
