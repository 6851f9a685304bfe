import type { Catalog } from "../../catalog/catalog.ts";
import { type Decision, ofKind, type Regrade } from "../../model/decision.ts";
import { compareText } from "../../model/text.ts";
import type { Timestamp } from "../../model/time.ts";

/** Tells answers apart: what is sent again is the same answer. */
export const answerKey = (identity: string, occurredAt: Timestamp): string => `${identity}#${occurredAt}`;

/** The answer that a grade is of. */
export const answerOf = ({ answer, answeredAt }: Regrade): string => answerKey(answer, answeredAt);

/** Of the grades that one answer was given anew the newest; of two at one moment, the one whose identity sorts last. */
export function newestGrades(decisions: readonly Decision[]): Regrade[] {
  const newest = new Map<string, Regrade>();
  for (const grade of ofKind(decisions, "grade").sort(inOrder)) newest.set(answerOf(grade), grade);
  return [...newest.values()];
}

export const inOrder = (a: Regrade, b: Regrade): number =>
  compareText(a.at, b.at) || compareText(a.identity, b.identity);

/** The grades that stand, by the module that their answers are of today. */
export function standingGrades(catalog: Catalog, standing: readonly Decision[]): ReadonlyMap<string, Regrade[]> {
  const byModule = new Map<string, Regrade[]>();
  for (const grade of newestGrades(standing)) {
    const { slug } = catalog.resolve({ type: "module", slug: grade.moduleSlug });
    byModule.set(slug, [...(byModule.get(slug) ?? []), grade]);
  }
  return byModule;
}
