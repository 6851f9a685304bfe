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
type Listed = string | { slug: string; optional?: boolean };
type Mixed = { module?: string; course?: string; optional?: boolean };
type Rule = { rule: string; count?: number; percent?: number; of?: (string | object)[] };
export type HolderDefinition = Definition & {
  modules?: Listed[];
  courses?: Listed[];
  entries?: Mixed[];
  completion?: Rule;
};
export type Catalog = {
  version: string;
  pathways: HolderDefinition[];
  courses: HolderDefinition[];
  modules: Definition[];
};
export type Kind = "course" | "pathway";
export type Listing = { type: "module" | "course"; slug: string; optional: boolean };

let loaded: Promise<Catalog> | undefined;
/** The content, read once. */
export const catalog = (): Promise<Catalog> => {
  loaded ??= read<Catalog>("/catalog").catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
};

const listed = (type: Listing["type"], list: Listed[] = []): Listing[] =>
  list.map((each) =>
    typeof each === "string"
      ? { type, slug: each, optional: false }
      : { type, slug: each.slug, optional: !!each.optional },
  );

/** What a course or pathway holds, in its order. */
export function entriesOf({ modules, courses, entries = [] }: HolderDefinition): Listing[] {
  const mixed = entries.map(({ module, course, optional }): Listing => {
    const type = course === undefined ? "module" : "course";
    return { type, slug: course ?? module ?? "", optional: !!optional };
  });
  return [...mixed, ...listed("course", courses), ...listed("module", modules)];
}

/** How many of how many make it complete. */
export function needOf(holder: HolderDefinition): { needed: number; total: number } {
  const { completion = { rule: "all" } } = holder;
  const entries = entriesOf(holder);
  const counted = completion.rule === "all" ? entries.filter(({ optional }) => !optional) : entries;
  return needOfRule({ of: counted, ...completion });
}

const NEEDS: Record<string, (rule: Rule, parts: number) => number> = {
  "at-least": ({ count = 0 }) => count,
  "at-least-percent": ({ percent = 100 }, parts) => Math.ceil((percent * parts) / 100),
  any: () => 1,
};

/** The shortest way that a rule leaves, in entries. */
function needOfRule(rule: Rule): { needed: number; total: number } {
  const parts = (rule.of ?? []).map((part) =>
    typeof part === "object" && "rule" in part ? needOfRule(part as Rule) : { needed: 1, total: 1 },
  );
  const needed = parts.map((part) => part.needed).sort((a, b) => a - b);
  const need = NEEDS[rule.rule]?.(rule, parts.length) ?? parts.length;
  return { needed: sum(needed.slice(0, need)), total: sum(parts.map(({ total }) => total)) };
}

const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);

/** A title, or what a slug reads like. */
export const titleOf = ({ slug, title }: { slug: string; title?: string }): string =>
  title ?? slug.replaceAll(/[-_]+/g, " ").replace(/^./, (letter) => letter.toUpperCase());
