import { contentHash } from "../model/canonical-json.ts";
import { type EntityRef, type EntityType, entityKey, type FlaggedType } from "../model/entity.ts";

/** A module in a course, or a course or module in a pathway. */
export type Entry = EntityRef & { optional: boolean };

/** Which rule decides, with the rule's own parameters. */
export type CompletionSpec = { rule: string; [param: string]: unknown };

/** A course or a pathway. `source` is its file's content, the content repository's own fields included. */
export type Definition = {
  type: FlaggedType;
  slug: string;
  title: string | undefined;
  entries: Entry[];
  completion: CompletionSpec;
  source: object;
};

/** `source` is the content of its completion.json; a module that only courses name has none. */
export type ModuleDefinition = { slug: string; source: object };

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
};

const bySlug = <T extends { slug: string }>(items: T[]): T[] => [...items].sort((a, b) => (a.slug < b.slug ? -1 : 1));
const indexed = <T extends { slug: string }>(items: T[]) => new Map(items.map((item) => [item.slug, item]));

/** Indexes definitions that the loader has checked. */
export function createCatalog(definitions: Definitions): Catalog {
  const courses = bySlug(definitions.courses);
  const pathways = bySlug(definitions.pathways);
  const holders = new Map<string, Definition[]>();
  const module = indexed(definitions.modules);

  for (const definition of [...courses, ...pathways]) {
    for (const entry of definition.entries) {
      const key = entityKey(entry);
      const held = holders.get(key);
      if (held) held.push(definition);
      else holders.set(key, [definition]);
      if (entry.type === "module" && !module.has(entry.slug)) module.set(entry.slug, { slug: entry.slug, source: {} });
    }
  }

  const modules = bySlug([...module.values()]);
  const sources = (items: { slug: string; source: object }[]) => items.map(({ slug, source }) => [slug, source]);
  return {
    version: contentHash([sources(courses), sources(pathways), sources(modules)], 16),
    courses,
    pathways,
    modules,
    module,
    course: indexed(courses),
    pathway: indexed(pathways),
    holdersOf: (entity) => holders.get(entityKey(entity)) ?? [],
  };
}

export const countsOf = ({ pathways, courses, modules }: Catalog) => ({
  pathways: pathways.length,
  courses: courses.length,
  modules: modules.length,
});

export const knows = (catalog: Catalog, { type, slug }: { type: EntityType; slug: string }): boolean =>
  catalog[type].has(slug);
