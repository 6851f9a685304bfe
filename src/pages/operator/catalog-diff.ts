import type { Catalog, Source } from "./catalog.ts";

/** How one content file differs between two versions. */
export type Difference = {
  type: "pathway" | "course" | "module";
  slug: string;
  what: "added" | "removed" | "changed";
  /** Of a changed file: its keys that differ, with both values as JSON. */
  keys: { key: string; before: string; after: string }[];
};

const KINDS = { pathway: "pathways", course: "courses", module: "modules" } as const;
const textOf = (value: unknown): string => (value === undefined ? "—" : JSON.stringify(value));

/** What changed from one version of the content to another. */
export const differences = (before: Catalog, after: Catalog): Difference[] =>
  (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((type) => {
    const [old, now] = [bySlug(before[KINDS[type]]), bySlug(after[KINDS[type]])];
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((slug) => {
      const found = differenceOf(old.get(slug), now.get(slug));
      return found ? [{ type, slug, ...found }] : [];
    });
  });

const bySlug = (sources: Source[]) => new Map(sources.map((source) => [source.slug, source]));

function differenceOf(was: Source | undefined, is: Source | undefined): Pick<Difference, "what" | "keys"> | undefined {
  if (was === undefined) return { what: "added", keys: [] };
  if (is === undefined) return { what: "removed", keys: [] };
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .map((key) => ({ key, before: textOf(was[key]), after: textOf(is[key]) }))
    .filter(({ before, after }) => before !== after);
  return keys.length > 0 ? { what: "changed", keys } : undefined;
}
