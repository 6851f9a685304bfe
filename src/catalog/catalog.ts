import { canonicalJson, hashOfLists } from "../model/canonical-json.ts";
import { type EntityRef, type EntityType, entityKey } from "../model/entity.ts";
import type { Timestamp } from "../model/time.ts";
import { type Definition, type Entry, type ModuleDefinition, NO_SOURCE, plainModule } from "./definition.ts";
import { definitionHashes } from "./definition-hash.ts";
import type { Quiz } from "./quiz.ts";

export { type Definition, type Entry, type ModuleDefinition, plainModule };

export type Definitions = { courses: Definition[]; pathways: Definition[]; modules: ModuleDefinition[] };

/** All content metadata, indexed both ways. Lists are in order of slug. */
export type Catalog = Definitions & {
  /** A hash of the content, whatever the order of files and keys. */
  version: string;
  module: ReadonlyMap<string, ModuleDefinition>;
  course: ReadonlyMap<string, Definition>;
  pathway: ReadonlyMap<string, Definition>;
  /** The courses and pathways that list a module or course, required or optional, courses first. */
  holdersOf(entity: EntityRef): readonly Definition[];
  /** The modules that have a module as a prerequisite. */
  dependentsOf(moduleSlug: string): readonly ModuleDefinition[];
  /** Whether anything can be locked at all. */
  hasOrder: boolean;
  /** The moment of asking: what comes into force later is not looked at yet. After all time, unless somebody says when. */
  asOf: Timestamp;
  /** The same catalog, asked at a moment. */
  at(asOf: Timestamp): Catalog;
  /** The entity that a slug means: an alias means the entity that has it, any other slug itself. */
  resolve<T extends EntityType>(entity: EntityRef<T>): EntityRef<T>;
  /** A hash of all that an entity's completion rests on: its own rule, entries and conditions, and those of its entries. */
  definitionOf(entity: EntityRef): string;
};

const bySlug = <T extends { slug: string }>(items: T[]): T[] => [...items].sort((a, b) => (a.slug < b.slug ? -1 : 1));
const indexed = <T extends { slug: string }>(items: T[]) => new Map(items.map((item) => [item.slug, item]));

/**
 * Indexes definitions that the loader has checked.
 * @param version theirs, where it is known: it takes longer to work out than all the rest
 */
export function createCatalog(definitions: Definitions, version?: string): Catalog {
  const courses = bySlug(definitions.courses);
  const pathways = bySlug(definitions.pathways);
  let holders: ReturnType<typeof holdersOf> | undefined;
  const module = indexed(definitions.modules);
  for (const { entries } of [...courses, ...pathways])
    for (const { type, slug } of entries)
      if (type === "module" && !module.has(slug)) module.set(slug, plainModule(slug));

  const modules = bySlug([...module.values()]);
  const [course, pathway] = [indexed(courses), indexed(pathways)];
  const dependents = new Map<string, ModuleDefinition[]>();
  for (const definition of modules)
    for (const slug of definition.prerequisites) dependents.set(slug, [...(dependents.get(slug) ?? []), definition]);
  const catalog: Catalog = {
    asOf: AFTER_ALL_TIME,
    at: (asOf) => ({ ...catalog, asOf }),
    version: version ?? versionOf(courses, pathways, modules),
    courses,
    pathways,
    modules,
    module,
    course,
    pathway,
    holdersOf: ({ type, slug }) => {
      // Made for the first event, because loading, reads and commands that only look at content have no use for it.
      holders ??= holdersOf([...courses, ...pathways]);
      return holders[type].get(slug) ?? [];
    },
    dependentsOf: (slug) => dependents.get(slug) ?? [],
    resolve: resolver({ module: modules, course: courses, pathway: pathways }),
    definitionOf: definitionHashes(module, course, pathway),
    hasOrder: dependents.size > 0 || [...courses, ...pathways].some(({ sequential }) => sequential),
  };
  return catalog;
}

// It sorts behind every timestamp.
const AFTER_ALL_TIME = "~";

function resolver(entities: Record<EntityType, readonly { slug: string; aliases: string[] }[]>): Catalog["resolve"] {
  const meant = new Map<string, string>();
  for (const type of ["module", "course", "pathway"] as const)
    for (const { slug, aliases } of entities[type])
      for (const alias of aliases) meant.set(entityKey({ type, slug: alias }), slug);
  return (entity) => {
    const slug = meant.size === 0 ? undefined : meant.get(entityKey(entity));
    return slug === undefined ? entity : { type: entity.type, slug };
  };
}

/** The courses and pathways that hold an entity, by its type and slug. */
function holdersOf(definitions: readonly Definition[]): Record<EntityType, Map<string, Definition[]>> {
  const holders = { module: new Map(), course: new Map(), pathway: new Map() };
  for (const definition of definitions)
    for (const { type, slug } of definition.entries) {
      const held = holders[type].get(slug);
      if (held) held.push(definition);
      else holders[type].set(slug, [definition]);
    }
  return holders;
}

type Sourced = { slug: string; source: object; quiz?: Quiz | undefined };

/** The hash of all content, each thing by its slug. */
const versionOf = (...lists: Sourced[][]): string =>
  hashOfLists(
    lists.map((items) => items.map(textOf)),
    16,
  );

// Most modules of a large catalog have no file, and a slug needs no escape.
const textOf = ({ slug, source, quiz }: Sourced): string =>
  source === NO_SOURCE && !quiz ? `["${slug}",{}]` : canonicalJson(quiz ? [slug, source, quiz] : [slug, source]);

export const countsOf = ({ pathways, courses, modules }: Catalog) => ({
  pathways: pathways.length,
  courses: courses.length,
  modules: modules.length,
});

export const knows = (catalog: Catalog, { type, slug }: { type: EntityType; slug: string }): boolean =>
  catalog[type].has(slug);
