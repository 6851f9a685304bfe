import { type Decision, isWithdrawal } from "../../model/decision.ts";
import { identityLinked } from "../../model/events/identity-linked.ts";
import type { Progress } from "../../model/progress.ts";
import type { Warning } from "../../model/warning.ts";
import { standingVoids } from "./standing-voids.ts";

/**
 * A void takes back no link, whichever comes first: who the learner is must be known before it can be told what is void. The
 * answer to the later of the two says so.
 */
export function standingLinks(
  { decisions = [] }: Progress,
  { event: { id }, decision }: { event: { id: string }; decision: Decision | undefined },
): Warning[] {
  const linkId =
    linkNamed(decisions, decision) ?? (decision?.kind === "link" && standingVoids(decisions).has(id) ? id : undefined);
  if (linkId === undefined) return [];
  const message = `The event ${linkId} is a link of two ids, and a void takes back no link. Send ${identityLinked.name} with the same alias and "withdrawn": true`;
  return [{ code: "LINK_STANDS", message }];
}

function linkNamed(decisions: readonly Decision[], decision: Decision | undefined): string | undefined {
  if (decision?.kind !== "void" || isWithdrawal(decision)) return undefined;
  return decisions.find(({ kind, eventId }) => kind === "link" && eventId === decision.voids)?.eventId;
}
