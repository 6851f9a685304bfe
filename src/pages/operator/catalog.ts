import { read } from "./read.ts";

export type HolderType = "course" | "pathway";
export type Source = { slug: string; title?: string; valid_for?: string; retired?: boolean; [member: string]: unknown };
export type Catalog = { version: string; pathways: Source[]; courses: Source[]; modules: Source[] };
export type Holder = { type: HolderType; source: Source };

let loaded: Promise<Catalog> | undefined;

/** The content of today, read once. */
export const catalog = (): Promise<Catalog> => {
  loaded ??= read<Catalog>("/catalog").catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
};

export const titleOf = ({ slug, title }: Source): string => title ?? slug;

/** Every course and pathway. */
export const holders = async (): Promise<Holder[]> => {
  const { courses, pathways } = await catalog();
  return [
    ...courses.map((source): Holder => ({ type: "course", source })),
    ...pathways.map((source): Holder => ({ type: "pathway", source })),
  ];
};

/** The address of who completed something. */
export const completionsOf = ({ type, source }: Holder, query: string): string =>
  `/${type}s/${encodeURIComponent(source.slug)}/completions?limit=1000&${query}`;
