import type { Catalog } from "../../catalog/catalog.ts";
import { touchedBy } from "../../completion/reach.ts";
import { unsettledTouched } from "../../completion/settled.ts";
import type { EntityRef } from "../../model/entity.ts";
import type { Progress } from "../../model/progress.ts";
import { shownProgress } from "../../service/read/progress-of.ts";

/** What counts of what is stored of a learner, what it concerns, and of which of that facts and flags disagree. */
export type Standing = { progress: Progress; touched: readonly EntityRef[]; unsettled: ReadonlySet<string> };

export function standingIn(catalog: Catalog, stored: Progress): Standing {
  const progress = shownProgress(catalog, stored);
  const touched = touchedBy(catalog, progress);
  return { progress, touched, unsettled: unsettledTouched(catalog, progress, touched) };
}
