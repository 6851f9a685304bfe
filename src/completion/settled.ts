import type { Catalog } from "../catalog/catalog.ts";
import { type EntityRef, entityKey } from "../model/entity.ts";
import type { Progress } from "../model/progress.ts";
import { settle } from "./settle.ts";

/** Entities, and all that their completion rests on, each once and behind what it rests on. */
export function restingOn(catalog: Catalog, entities: readonly EntityRef[]): EntityRef[] {
  const found = new Map<string, EntityRef>();
  const visited = new Set<string>();
  const visit = ({ type, slug }: EntityRef) => {
    const key = entityKey({ type, slug });
    if (visited.has(key)) return;
    visited.add(key);
    if (type !== "module") for (const entry of catalog[type].get(slug)?.entries ?? []) visit(entry);
    found.set(key, { type, slug });
  };
  for (const entity of entities) visit(entity);
  return [...found.values()];
}

/**
 * The keys of those among entities whose flags the next backfill would change, because content has changed since they
 * were written, or because an event broke off before it wrote them.
 */
export const unsettledAmong = (catalog: Catalog, progress: Progress, entities: readonly EntityRef[]): Set<string> =>
  unsettledTouched(catalog, progress, restingOn(catalog, entities));

/**
 * The same among all that a learner touched: nothing of what that rests on besides has a fact or a flag.
 * @param scope as `touchedBy` gives it
 */
export function unsettledTouched(catalog: Catalog, progress: Progress, scope: readonly EntityRef[]): Set<string> {
  const stamp = { source: "backfill", recordedAt: "" } as const;
  const changes = settle(catalog, progress, { stamp, scope, revoke: true });
  return new Set(changes.map(({ entity }) => entityKey(entity)));
}
