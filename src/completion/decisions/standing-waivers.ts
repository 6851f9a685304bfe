import { isWithdrawal, type Waiver } from "../../model/decision.ts";
import { compareText } from "../../model/text.ts";
import type { Timestamp } from "../../model/time.ts";

/** The moment at which a waiver completes: its own, or that of the completion which it brings along. */
export const momentOf = ({ at, completedAt }: Waiver): Timestamp => completedAt ?? at;

/** Of the waivers of one entity those that stand, in order of their moments: a withdrawal takes back all up to its own. */
export function standingWaivers(waivers: readonly Waiver[]): Waiver[] {
  const withdrawn = waivers.filter(isWithdrawal).map(({ at }) => at);
  const until = withdrawn.sort().at(-1) ?? "";
  return waivers
    .filter((waiver) => !isWithdrawal(waiver) && waiver.at > until)
    .sort((a, b) => compareText(momentOf(a), momentOf(b)) || compareText(a.identity, b.identity));
}
