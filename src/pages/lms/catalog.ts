import { read } from "./learner.ts";

export type Task = { task_slug: string; task_type: string; required?: boolean; max_attempts?: number };
export type Definition = {
  slug: string;
  title?: string;
  summary?: string;
  scenario?: string;
  estimated_minutes?: number;
  steps?: string[];
  completion_tasks?: Task[];
  score?: { passing_score: number; weights: Record<string, number> };
  completion_data?: Schema;
};
export type Schema = { type?: string | string[]; format?: string; properties?: Record<string, Schema> };
export type HolderDefinition = Pick<Definition, "slug" | "title" | "summary" | "estimated_minutes">;
export type Catalog = {
  version: string;
  pathways: HolderDefinition[];
  courses: HolderDefinition[];
  modules: Definition[];
};
export type Kind = "course" | "pathway";

let loaded: Promise<Catalog> | undefined;
/** The content, read once. */
export const catalog = (): Promise<Catalog> => {
  loaded ??= read<Catalog>("/catalog").catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
};

/** A title, or what a slug reads like. */
export const titleOf = ({ slug, title }: { slug: string; title?: string | null | undefined }): string =>
  title ?? slug.replaceAll(/[-_]+/g, " ").replace(/^./, (letter) => letter.toUpperCase());
