import { canonicalJson } from "../model/canonical-json.ts";
import { type EntityRef, type EntityType, entityKey } from "../model/entity.ts";
import { compareText } from "../model/text.ts";
import type { Catalog, Definition, ModuleDefinition } from "./catalog.ts";

/**
 * How an entity differs between two catalogs. `definition`: its own rule, entries or conditions; `entries`: only what it
 * holds has changed. `text` is all that no completion rests on.
 */
export type DifferenceKind =
  | "new"
  | "gone"
  | "renamed"
  | "retired"
  | "in use again"
  | "definition"
  | "entries"
  | "aliases"
  | "quiz"
  | "text";

/** `to` is the slug that an entity has now that was renamed. */
export type Difference = EntityRef & { kinds: DifferenceKind[]; to?: string };

export type CatalogComparison = {
  /** Pathways, courses and modules that differ, each kind in order of slug. */
  differences: Difference[];
  /** Those of the later catalog whose completions may be others by that, with all that holds them. */
  concerned: EntityRef[];
};

type Entity = Definition | ModuleDefinition;

const TYPES: readonly EntityType[] = ["pathway", "course", "module"];
/** What may change who is complete. Aliases do, since facts under an alias count for what has it. */
const CONCERNING = new Set<DifferenceKind>(["new", "definition", "entries", "aliases"]);

/** What differs from one catalog to a later one, and whom that may concern. */
export function compareCatalogs(before: Catalog, after: Catalog): CatalogComparison {
  const differences = TYPES.flatMap((type) => {
    const slugs = new Set([...before[type].keys(), ...after[type].keys()]);
    return [...slugs].sort(compareText).flatMap((slug) => differenceOf(before, after, { type, slug }));
  });
  const changed = differences.filter(({ kinds }) => kinds.some((kind) => CONCERNING.has(kind)));
  return { differences, concerned: withHolders(after, changed) };
}

function differenceOf(before: Catalog, after: Catalog, entity: EntityRef): Difference[] {
  const { type, slug } = entity;
  const [was, is] = [before[type].get(slug), after[type].get(slug)];
  if (was === undefined) return [{ type, slug, kinds: ["new"] }];
  if (is === undefined) {
    const { slug: to } = after.resolve(entity);
    return [to === slug ? { type, slug, kinds: ["gone"] } : { type, slug, kinds: ["renamed"], to }];
  }
  const rest = before.definitionOf(entity) === after.definitionOf(entity) ? [] : [definitionKind(was, is)];
  const kinds: DifferenceKind[] = [...lifeKinds(was, is), ...rest];
  if (differ(new Set(was.aliases), new Set(is.aliases))) kinds.push("aliases");
  if (quizText(was) !== quizText(is)) kinds.push("quiz");
  if (kinds.length === 0 && !hasSameSource(was, is)) kinds.push("text");
  return kinds.length > 0 ? [{ type, slug, kinds }] : [];
}

function lifeKinds(was: Entity, is: Entity): DifferenceKind[] {
  if (was.retired === is.retired) return [];
  return [is.retired ? "retired" : "in use again"];
}

/** A holder whose own file says the same has changed by what it holds. */
const definitionKind = (was: Entity, is: Entity): DifferenceKind =>
  "entries" in is && hasSameSource(was, is) ? "entries" : "definition";

const hasSameSource = (was: Entity, is: Entity): boolean => canonicalJson(was.source) === canonicalJson(is.source);

const quizText = (entity: Entity): string => canonicalJson(("quiz" in entity && entity.quiz) || null);

const differ = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size !== b.size || [...a].some((one) => !b.has(one));

/** Each of them once, and whatever holds one of them. */
function withHolders(catalog: Catalog, entities: readonly EntityRef[]): EntityRef[] {
  const found = new Map<string, EntityRef>();
  const waiting = [...entities];
  for (const { type, slug } of waiting) {
    const key = entityKey({ type, slug });
    if (found.has(key)) continue;
    found.set(key, { type, slug });
    waiting.push(...catalog.holdersOf({ type, slug }));
  }
  return [...found.values()];
}
