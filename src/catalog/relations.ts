import { checkCompletability } from "./completability.ts";
import { type Outline, type OutlinedEntry, pathOf } from "./outline.ts";
import type { ContentFault } from "./read-content.ts";
import type { RuleSpec } from "./rule-spec.ts";
import { specFaults } from "./settle-spec.ts";

/** What is wrong between files, and what is odd but no fault. */
export type Relations = { faults: ContentFault[]; warnings: ContentFault[] };

/** Checks what files say of each other: what is there twice, what is named and not there, what can never be completed. */
export function checkRelations(outlines: readonly Outline[], rules: readonly RuleSpec[]): Relations {
  const { faults, warnings } = checkCompletability(outlines, rules);
  return {
    faults: [
      ...outlines.flatMap((outline) => [...entriesTwice(outline), ...specFaults(outline, rules)]),
      ...slugsTwice(outlines),
      ...aliasesInUse(outlines),
      ...unknownNames(outlines),
      ...neverRenewed(outlines),
      ...faults,
    ],
    warnings,
  };
}

function entriesTwice({ file, entries, prerequisites }: Outline): ContentFault[] {
  const faults: ContentFault[] = [];
  const fault = ({ type, slug }: Pick<OutlinedEntry, "type" | "slug">, path: string): ContentFault => ({
    file,
    path,
    message: `The ${type} ${slug} is listed twice`,
  });
  const isTwice = (seen: Set<string>, slug: string): boolean => slug !== "" && seen.size === seen.add(slug).size;
  // There are very many entries: nothing is made for each of them.
  const seen = { module: new Set<string>(), course: new Set<string>() };
  for (const entry of entries) if (isTwice(seen[entry.type], entry.slug)) faults.push(fault(entry, pathOf(entry)));
  const required = new Set<string>();
  for (const [index, slug] of prerequisites.entries())
    if (isTwice(required, slug)) faults.push(fault({ type: "module", slug }, `prerequisites.${index}`));
  return faults;
}

/** Slugs and aliases of one kind are all different, also where case is not looked at, as in many file systems. */
function slugsTwice(outlines: readonly Outline[]): ContentFault[] {
  const first = new Map<string, { slug: string; file: string }>();
  const names = outlines.flatMap(({ kind, slug, aliases, file }) => [
    ...(slug === undefined ? [] : [{ kind, slug, file, path: "slug" }]),
    ...aliases.map((alias, index) => ({ kind, slug: alias, file, path: `aliases.${index}` })),
  ]);
  // Slugs come before aliases, so that the fault is told of the alias.
  const inOrder = [...names.filter(({ path }) => path === "slug"), ...names.filter(({ path }) => path !== "slug")];
  return inOrder.flatMap(({ kind, slug, file, path }) => {
    const key = `${kind}/${slug.toLowerCase()}`;
    const earlier = first.get(key);
    if (slug === "" || earlier === undefined) {
      first.set(key, { slug, file });
      return [];
    }
    const asWhat = earlier.slug === slug ? "" : ` as ${earlier.slug}`;
    return [{ file, path, message: `The ${kind} ${slug} is defined in ${earlier.file} already${asWhat}` }];
  });
}

/** A module that only a holder names has no file, and so no slug of its own that an alias could be compared with. */
function aliasesInUse(outlines: readonly Outline[]): ContentFault[] {
  if (outlines.every(({ aliases }) => aliases.length === 0)) return [];
  const defined = new Set(outlines.filter(({ kind }) => kind === "module").map(({ slug }) => slug));
  const holders = new Map<string, string>();
  for (const { file, entries } of outlines)
    for (const { type, slug } of entries) if (type === "module" && !defined.has(slug)) holders.set(slug, file);
  return outlines.flatMap(({ file, kind, aliases }) =>
    aliases.flatMap((alias, index) => {
      const holder = kind === "module" ? holders.get(alias) : undefined;
      const message = `The module ${alias} is an entry in ${holder}: name the module there by its own slug`;
      return holder === undefined ? [] : [{ file, path: `aliases.${index}`, message }];
    }),
  );
}

/** A pathway begins its terms anew, and a course that holds for good is completed once: it would count for the first alone. */
function neverRenewed(outlines: readonly Outline[]): ContentFault[] {
  const forGood = new Set(
    outlines.filter(({ kind, expires }) => kind === "course" && !expires).map(({ slug }) => slug),
  );
  return outlines
    .filter(({ kind, expires }) => kind === "pathway" && expires)
    .flatMap(({ file, entries }) =>
      entries
        .filter(({ type, slug, optional }) => type === "course" && optional !== true && forGood.has(slug))
        .map((entry) => ({
          file,
          path: pathOf(entry),
          message: `The pathway has valid_for, and the course ${entry.slug} that it requires has none: give it one, too, or make it optional`,
        })),
    );
}

function unknownNames(outlines: readonly Outline[]): ContentFault[] {
  const courses = new Set(outlines.filter(({ kind }) => kind === "course").map(({ slug }) => slug));
  const modules = new Set<string | undefined>();
  for (const { kind, slug, entries } of outlines) {
    if (kind === "module") modules.add(slug);
    for (const entry of entries) if (entry.type === "module") modules.add(entry.slug);
  }
  return outlines.flatMap(({ file, entries, prerequisites }) => [
    ...entries
      .filter(({ type, slug }) => type === "course" && slug !== "" && !courses.has(slug))
      .map((entry) => ({ file, path: pathOf(entry), message: `There is no course ${entry.slug}` })),
    ...prerequisites.flatMap((slug, index) =>
      slug === "" || modules.has(slug)
        ? []
        : [{ file, path: `prerequisites.${index}`, message: `There is no module ${slug}` }],
    ),
  ]);
}
