import { join } from "node:path";
import { expect, it } from "vitest";
import { loadCatalog } from "../../src/catalog/load.ts";
import { RULES } from "../../src/completion/rules/index.ts";

const loaded = loadCatalog(join(import.meta.dirname, "../../content"), RULES);
const catalog = loaded.ok ? loaded.catalog : undefined;

it.each([
  ["course", "hedgehog-lab-foundations", 4],
  ["pathway", "getting-started", 3],
] as const)("the %s %s has %i required modules, of which accessing-vlab-with-gcp is one", (type, slug, count) => {
  const modules = catalog?.[type].get(slug)?.entries.filter((entry) => entry.type === "module" && !entry.optional);
  expect(modules).toHaveLength(count);
  expect(modules).toContainEqual({ type: "module", slug: "accessing-vlab-with-gcp", optional: false });
});

it("has an example of everything that content can say", () => {
  const courses = catalog?.courses ?? [];
  const pathways = catalog?.pathways ?? [];
  const kinds = pathways.map(({ entries }) => [...new Set(entries.map(({ type }) => type))].join(" and "));
  expect(kinds.sort()).toEqual(["course", "course and module", "module"]);
  expect(courses.filter(({ entries }) => entries.some(({ optional }) => optional))).not.toHaveLength(0);
  expect(new Set(courses.map(({ completion }) => completion.rule))).toEqual(new Set(["all", "at-least"]));
  expect(
    catalog?.modules.filter((module) => catalog.holdersOf({ type: "module", ...module }).length > 1).length,
  ).toBeGreaterThan(3);
});
