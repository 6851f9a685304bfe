import type { Catalog } from "../catalog/catalog.ts";
import { type EntityRef, entityKey } from "../model/entity.ts";
import type { Progress } from "../model/progress.ts";
import { settle } from "./settle.ts";

/** An entity, and all that its completion rests on. */
export function restingOn(catalog: Catalog, { type, slug }: EntityRef): EntityRef[] {
  const entries = type === "module" ? [] : (catalog[type].get(slug)?.entries ?? []);
  return [...entries.flatMap((entry) => restingOn(catalog, entry)), { type, slug }];
}

/**
 * The keys of those among entities whose flags the next backfill would change, because content has changed since they
 * were written, or because an event broke off before it wrote them.
 */
export function unsettledAmong(catalog: Catalog, progress: Progress, entities: readonly EntityRef[]): Set<string> {
  const scope = new Map(
    entities.flatMap((entity) => restingOn(catalog, entity)).map((entity) => [entityKey(entity), entity]),
  );
  const changes = settle(catalog, progress, {
    stamp: { source: "backfill", recordedAt: "" },
    scope: [...scope.values()],
    revoke: true,
  });
  return new Set(changes.map(({ entity }) => entityKey(entity)));
}
