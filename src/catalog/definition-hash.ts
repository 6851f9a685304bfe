import { contentHash } from "../model/canonical-json.ts";
import { type EntityRef, entityKey } from "../model/entity.ts";
import { DEFAULT_RULE, inOrder, namesIn, partKey } from "./completion-spec.ts";
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
    if (holder === undefined) return undefined;
    const { completion, validFor, renewFrom } = holder;
    return { completion: inOrder(completion), entries: entriesOf(holder, hashOf), validFor, renewFrom };
  };
  return hashOf;
}

function conditionsOf(module: ModuleDefinition | undefined): unknown {
  if (module === undefined) return undefined;
  const { tasks, score, steps, from, completion } = module;
  const names = namesIn(completion);
  const isAsked = (type: "score" | "steps") => names?.has(partKey({ type, slug: type })) ?? true;
  return {
    tasks: tasks.filter(({ required }) => required).map(({ slug, passingScore }) => ({ slug, passingScore })),
    score: score && isAsked("score") ? { passingScore: score.passingScore, weights: score.weights } : undefined,
    steps: isAsked("steps") ? steps : [],
    from,
    // Left out where it says what holds without it, so that flags from before there was a choice are of this definition.
    ...((names || completion.rule !== DEFAULT_RULE) && { completion: inOrder(completion) }),
  };
}

// In order of slug: the order in which a holder lists its entries is nothing to its completion.
function entriesOf(holder: Definition, hashOf: (entity: EntityRef) => string): unknown {
  const counted = new Set(holder.counted);
  return holder.entries
    .filter((entry) => counted.has(entityKey(entry)))
    .map(({ type, slug, from, until }) => ({ type, slug, from, until, definition: hashOf({ type, slug }) }))
    .sort((a, b) => (entityKey(a) < entityKey(b) ? -1 : 1));
}
