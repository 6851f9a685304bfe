/** What can carry a flag. */
export type FlaggedType = "course" | "pathway";
export type EntityType = "module" | FlaggedType;

/** A module, course or pathway, named by kind and slug. */
export type EntityRef<T extends EntityType = EntityType> = { type: T; slug: string };

/** One text per entity, as in the tables: `COURSE#ruby`. */
export const entityKey = ({ type, slug }: EntityRef): string => `${type.toUpperCase()}#${slug}`;
