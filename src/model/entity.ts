/** What holds entries and is completed through them. */
export type HolderType = "course" | "pathway";
export type EntityType = "module" | HolderType;

/** A module, course or pathway, named by kind and slug. */
export type EntityRef<T extends EntityType = EntityType> = { type: T; slug: string };

/** One text per entity, as in the tables: `COURSE#ruby`. */
export const entityKey = ({ type, slug }: EntityRef): string => PREFIXES[type] + slug;

const PREFIXES: Record<EntityType, string> = { module: "MODULE#", course: "COURSE#", pathway: "PATHWAY#" };
