import type { Catalog } from "../../catalog/catalog.ts";
import type { InterpretedEvent } from "../../completion/interpret-event.ts";
import { lockOf, mayBeRefused } from "../../completion/locks.ts";
import type { Refusal } from "../../completion/refusal.ts";
import { resolveProgress } from "../../completion/resolve-progress.ts";
import type { EntityRef } from "../../model/entity.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Store } from "../../store/store.ts";

/** The module by whose lock an event may be refused. */
function orderedModule(catalog: Catalog, { event, followsOrder }: InterpretedEvent): EntityRef | undefined {
  if (!followsOrder || event.moduleSlug === undefined) return undefined;
  const module: EntityRef = { type: "module", slug: event.moduleSlug };
  return mayBeRefused(catalog, module) ? module : undefined;
}

export const mayBeLocked = (catalog: Catalog, interpreted: InterpretedEvent): boolean =>
  orderedModule(catalog, interpreted) !== undefined;

/** The events whose modules are locked, where that is enforced. */
export async function lockedOut(
  { store, catalog, learnerId }: { store: Store; catalog: Catalog; learnerId: LearnerId },
  events: readonly InterpretedEvent[],
): Promise<Map<InterpretedEvent, Refusal>> {
  const refusals = new Map<InterpretedEvent, Refusal>();
  const ordered = events.flatMap((interpreted) => {
    const module = orderedModule(catalog, interpreted);
    return module ? [{ interpreted, module }] : [];
  });
  if (ordered.length === 0) return refusals;
  const progress = resolveProgress(catalog, (await store.read(learnerId)).progress);
  for (const { interpreted, module } of ordered) {
    const lock = lockOf(catalog, progress, module);
    if (!lock?.enforced || (await wasAccepted({ store, learnerId }, interpreted))) continue;
    const names = lock.by.map((entity) => `${entity.type} ${entity.slug}`).join(", ");
    const reason = `The module ${module.slug} is locked until these are complete: ${names}`;
    refusals.set(interpreted, { accepted: false, code: "MODULE_LOCKED", reason, locked_by: lock.by });
  }
  return refusals;
}

/** In order of key, just behind an identity: no identity has a blank. */
const BEHIND = " ";

/**
 * Whether the history has an event as accepted: then it is taken again, though something was put before its module since.
 * A result that counts for nothing, or is void, leaves no other trace there. It costs those alone who would be refused.
 */
async function wasAccepted(
  { store, learnerId }: { store: Store; learnerId: LearnerId },
  { attempt }: InterpretedEvent,
): Promise<boolean> {
  if (attempt === undefined) return false;
  const { occurredAt, identity } = attempt;
  const after = { occurredAt, identity: identity + BEHIND };
  const [kept] = (await store.attempts(learnerId, { limit: 1, after })).attempts;
  return kept?.identity === identity && kept.occurredAt === occurredAt && !kept.refused;
}
