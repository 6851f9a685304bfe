import { type Catalog, knows } from "../../../catalog/catalog.ts";
import type { EntityRef, HolderType } from "../../../model/entity.ts";
import type { ImportedEvent, ImportKind } from "./import-events.ts";
import type { Taken } from "./judge.ts";
import type { RefusalCode } from "./refusal.ts";

/** Events of a course or pathway, and of what it holds; `completed` learners completed it by them. */
export type HolderTally = Record<ImportKind, number> & { refused: number; completed: number };

/** What an import has done so far; kept in its checkpoint. */
export type ImportTally = {
  rows: number;
  imported: number;
  skipped: number;
  refused: number;
  events: number;
  /** By kind, those that were taken. */
  taken: Partial<Record<ImportKind, number>>;
  skippedFor: Record<string, number>;
  refusedFor: Partial<Record<RefusalCode, number>>;
  warnings: Record<string, number>;
  /** By type and slug, as many as the catalog has. */
  holders: Record<string, HolderTally>;
  /** What the catalog does not know, by type and slug: the first of them, and how many events speak of others. */
  unknown: Record<string, number>;
  unknownMore: number;
};

const MAX_UNKNOWN = 500;

export const emptyImportTally = (): ImportTally => ({
  rows: 0,
  imported: 0,
  skipped: 0,
  refused: 0,
  events: 0,
  taken: {},
  skippedFor: {},
  refusedFor: {},
  warnings: {},
  holders: {},
  unknown: {},
  unknownMore: 0,
});

export function countIn<Key extends string>(counts: Partial<Record<Key, number>>, key: Key): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

export function countEvent(tally: ImportTally, catalog: Catalog, { kind, entity }: ImportedEvent, taken: Taken): void {
  tally.events++;
  const holders = holdersOf(catalog, entity);
  for (const holder of holders) holderTally(tally, holder)["error" in taken ? "refused" : kind]++;
  if (!knows(catalog, catalog.resolve(entity))) countUnknown(tally, entity);
  if ("error" in taken) return;
  countIn(tally.taken, kind);
  for (const { code } of taken.warnings) countIn(tally.warnings, code);
  for (const { type, slug } of taken.completed) holderTally(tally, { type: type as HolderType, slug }).completed++;
}

/** The course or pathway itself, or those that hold the module. */
function holdersOf(catalog: Catalog, named: EntityRef): EntityRef[] {
  const entity = catalog.resolve(named);
  if (entity.type === "module") return catalog.holdersOf(entity).map(({ type, slug }) => ({ type, slug }));
  return knows(catalog, entity) ? [entity] : [];
}

function holderTally(tally: ImportTally, { type, slug }: EntityRef): HolderTally {
  tally.holders[`${type}/${slug}`] ??= {
    completion: 0,
    waiver: 0,
    score: 0,
    start: 0,
    enrolment: 0,
    refused: 0,
    completed: 0,
  };
  return tally.holders[`${type}/${slug}`] as HolderTally;
}

function countUnknown(tally: ImportTally, { type, slug }: EntityRef): void {
  const key = `${type}/${slug}`;
  if (!(key in tally.unknown) && Object.keys(tally.unknown).length >= MAX_UNKNOWN) tally.unknownMore++;
  else countIn(tally.unknown, key);
}
