import { contentHash } from "../model/canonical-json.ts";
import { type EntityRef, entityKey } from "../model/entity.ts";
import type { Definition, ModuleDefinition } from "./definition.ts";

const LENGTH = 16;

type Holders = ReadonlyMap<string, Definition>;

/**
 * The hashes of definitions: of all that an entity's completion rests on, and of nothing else. A title, the order of a
 * holder that needs none, or another course does not change them. Each is worked out when it is first asked for.
 */
export function definitionHashes(
  modules: ReadonlyMap<string, ModuleDefinition>,
  courses: Holders,
  pathways: Holders,
): (entity: EntityRef) => string {
  const known = new Map<string, string>();
  const hashOf = (entity: EntityRef): string => {
    const key = entityKey(entity);
    const found = known.get(key);
    if (found !== undefined) return found;
    const hash = contentHash(restsOn(entity) ?? null, LENGTH);
    // What the catalog does not know is a client's word, of which there is no end.
    if (isKnown(entity)) known.set(key, hash);
    return hash;
  };
  const isKnown = ({ type, slug }: EntityRef) =>
    ({ module: modules, course: courses, pathway: pathways })[type].has(slug);
  const restsOn = ({ type, slug }: EntityRef): unknown => {
    if (type === "module") return conditionsOf(modules.get(slug));
    const holder = (type === "course" ? courses : pathways).get(slug);
    return holder && { completion: holder.completion, entries: entriesOf(holder, hashOf) };
  };
  return hashOf;
}

const conditionsOf = (module: ModuleDefinition | undefined): unknown =>
  module && {
    tasks: module.tasks.filter(({ required }) => required).map(({ slug, passingScore }) => ({ slug, passingScore })),
    score: module.score && { passingScore: module.score.passingScore, weights: module.score.weights },
    steps: module.steps,
    from: module.from,
  };

// In order of slug: the order in which a holder lists its entries is nothing to its completion.
const entriesOf = (holder: Definition, hashOf: (entity: EntityRef) => string): unknown =>
  holder.entries
    .map((entry) => ({ ...entry, definition: hashOf(entry) }))
    .sort((a, b) => (entityKey(a) < entityKey(b) ? -1 : 1));
