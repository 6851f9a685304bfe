import type { Catalog } from "../../catalog/catalog.ts";
import type { Decision } from "../../model/decision.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Link } from "../../model/link.ts";
import type { Timestamp } from "../../model/time.ts";
import type { Log } from "../../process/log.ts";
import { attemptKey, decisionKey } from "../../store/keys.ts";
import type { Store } from "../../store/store.ts";
import { findGroup } from "../identity/find-group.ts";
import { resettle } from "../identity/resettle.ts";

type Context = { store: Store; log: Pick<Log, "info">; catalog: Catalog; recordedAt: Timestamp };

/** The link that a decision is; undefined where it is none. */
export const linkOf = (learner: LearnerId, decision: Decision | undefined): Link | undefined =>
  decision?.kind === "link"
    ? { learner, alias: decision.alias, at: decision.at, withdrawn: decision.withdrawn === true }
    : undefined;

/**
 * Gives two ids that belong to two learners now, because a link is withdrawn, each the flags of its own facts. Where they
 * are one learner's, the event itself has settled that learner. Sent again, it does so again, in case it broke off.
 *
 * It asks which ids belong together after the link was written, because another link may hold them together, or come:
 *   t1 A withdraws the link of x and y   t2 B links y and x   t3 A reads that they are one learner's, and leaves them to B
 * Test: links.interleavings, "Links, withdrawals and events one after the other".
 */
export async function settleParted(context: Context, { learner, alias }: Link): Promise<void> {
  const { ids } = await findGroup(context.store, learner);
  if (ids.includes(alias)) return;
  for (const id of [learner, alias]) await resettle(context, id);
}

/**
 * Takes back a link with a learner who has been deleted meanwhile, and all that was kept of it: it names who is gone. The
 * deletion reads which ids there are after its tombstone, and who links looks for a tombstone after the link, so that one of
 * the two sees the other:
 *   t1 A links x and y   t2 B puts y's tombstone   t3 B reads that x is the learner's, too, and deletes both
 *   t1 B puts y's tombstone   t2 B reads that y is alone   t3 A links x and y   t4 A looks: y is deleted   t5 A takes it back
 * Test: links.interleavings, "A deletion beside links and events".
 */
export async function takeBack(store: Store, decision: Decision, link: Link): Promise<void> {
  for (const id of [link.learner, link.alias]) await store.dropLinks(id, [link]);
  const { identity, at: occurredAt } = decision;
  await store.deleteItems("progress", [decisionKey(link.learner, identity)]);
  await store.deleteItems("records", [attemptKey(link.learner, { occurredAt, identity })]);
}
