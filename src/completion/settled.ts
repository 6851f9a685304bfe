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
export function unsettledAmong(catalog: Catalog, progress: Progress, entities: readonly EntityRef[]): Set<string> {
  const changes = settle(catalog, progress, {
    stamp: { source: "backfill", recordedAt: "" },
    scope: restingOn(catalog, entities),
    revoke: true,
  });
  return new Set(changes.map(({ entity }) => entityKey(entity)));
}
