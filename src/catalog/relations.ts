import * as z from "zod";
import type { ContentFault } from "./read-content.ts";
import type { RuleSpec } from "./rule-spec.ts";

/** What one content file says of others, as far as it can be read at all: its own form is checked elsewhere. */
export type Outline = {
  file: string;
  kind: "course" | "pathway" | "module";
  slug: string | undefined;
  /** Slugs in order; undefined where an entry has none. */
  courses: (string | undefined)[];
  modules: (string | undefined)[];
  /** Those among the modules that block nothing. */
  optional: (string | undefined)[];
  prerequisites: (string | undefined)[];
  sequential: boolean;
  completion: unknown;
};

type Loose = Record<string, unknown>;

const slugOf = (entry: unknown): string | undefined => {
  const slug = typeof entry === "object" && entry !== null ? (entry as Loose).slug : entry;
  return typeof slug === "string" ? slug : undefined;
};
const slugsOf = (list: unknown) => (Array.isArray(list) ? list.map(slugOf) : []);
const isOptional = (entry: unknown) => (entry as Loose | null)?.optional === true;

/** @param source a content file's JSON object */
export function outlineOf(file: string, kind: Outline["kind"], slug: unknown, source: object): Outline {
  const { courses, modules, prerequisites, sequential, completion } = source as Loose;
  return {
    file,
    kind,
    slug: slugOf(slug),
    courses: kind === "pathway" ? slugsOf(courses) : [],
    modules: kind === "module" ? [] : slugsOf(modules),
    optional: Array.isArray(modules) ? slugsOf(modules.filter(isOptional)) : [],
    prerequisites: kind === "module" ? slugsOf(prerequisites) : [],
    sequential: sequential === true,
    completion,
  };
}

/** Faults between entries and between files: what is there twice, what is named and not there, what waits for itself. */
export function relationFaults(outlines: readonly Outline[], rules: readonly RuleSpec[]): ContentFault[] {
  return [
    ...outlines.flatMap((outline) => [...entriesTwice(outline), ...impossibleRule(outline, rules)]),
    ...slugsTwice(outlines),
    ...unknownNames(outlines),
    ...cycles(outlines),
  ];
}

function entriesTwice({ file, courses, modules, prerequisites }: Outline): ContentFault[] {
  return Object.entries({ courses, modules, prerequisites }).flatMap(([list, slugs]) =>
    slugs.flatMap((slug, index) =>
      slug !== undefined && slugs.indexOf(slug) < index
        ? [
            {
              file,
              path: `${list}.${index}`,
              message: `The ${list === "courses" ? "course" : "module"} ${slug} is listed twice`,
            },
          ]
        : [],
    ),
  );
}

function impossibleRule(
  { file, kind, completion, courses, modules }: Outline,
  rules: readonly RuleSpec[],
): ContentFault[] {
  const rule = rules.find(({ name }) => name === (completion as Loose | undefined)?.rule);
  if (kind === "module" || rule?.fault === undefined) return [];
  const parameters = z.object(rule.shape).safeParse(completion);
  const message = parameters.success
    ? rule.fault(parameters.data as never, courses.length + modules.length)
    : undefined;
  return message === undefined ? [] : [{ file, path: "completion", message }];
}

function slugsTwice(outlines: readonly Outline[]): ContentFault[] {
  const first = new Map<string, string>();
  return outlines.flatMap(({ kind, slug, file }) => {
    if (slug === undefined) return [];
    const earlier = first.get(`${kind}/${slug}`);
    if (earlier === undefined) first.set(`${kind}/${slug}`, file);
    return earlier === undefined
      ? []
      : [{ file, path: "slug", message: `The ${kind} ${slug} is defined in ${earlier} already` }];
  });
}

function unknownNames(outlines: readonly Outline[]): ContentFault[] {
  const knownCourses = new Set(outlines.filter(({ kind }) => kind === "course").map(({ slug }) => slug));
  const knownModules = new Set(
    outlines.flatMap(({ kind, slug, modules }) => [...modules, kind === "module" ? slug : undefined]),
  );
  const lists = [
    { list: "courses", known: knownCourses, kind: "course" },
    { list: "prerequisites", known: knownModules, kind: "module" },
  ] as const;
  const unknownIn = (outline: Outline, { list, known, kind }: (typeof lists)[number]): ContentFault[] =>
    outline[list].flatMap((slug, index) =>
      slug === undefined || known.has(slug)
        ? []
        : [{ file: outline.file, path: `${list}.${index}`, message: `There is no ${kind} ${slug}` }],
    );
  return outlines.flatMap((outline) => lists.flatMap((list) => unknownIn(outline, list)));
}

/** A module waits for its prerequisites, and in a sequential course for what is required before it. */
function cycles(outlines: readonly Outline[]): ContentFault[] {
  const modules = outlines.filter(({ kind }) => kind === "module");
  const prerequisites = new Map(modules.map(({ slug, prerequisites }) => [slug, prerequisites]));
  const faults = modules.flatMap(({ file, slug }) => {
    const cycle = slug === undefined ? undefined : cycleThrough(slug, (name) => prerequisites.get(name) ?? []);
    // A cycle is one fault, told in the file of its first module.
    return cycle === undefined || [...cycle].sort()[0] !== slug
      ? []
      : [
          {
            file,
            path: "prerequisites",
            message: `These modules wait for each other: ${[...cycle, slug].join(" -> ")}`,
          },
        ];
  });
  if (faults.length > 0) return faults;

  return outlines.flatMap(({ file, kind, sequential, modules: order, optional }) => {
    if (kind !== "course" || !sequential) return [];
    const waitsFor = (name: string) => [
      ...(prerequisites.get(name) ?? []),
      ...order.slice(0, Math.max(0, order.indexOf(name))).filter((slug) => !optional.includes(slug)),
    ];
    const cycle = order.map((slug) => slug && cycleThrough(slug, waitsFor)).find((found) => found);
    return cycle
      ? [
          {
            file,
            path: "modules",
            message: `The order contradicts prerequisites: ${[...cycle, cycle[0]].join(" -> ")}`,
          },
        ]
      : [];
  });
}

function cycleThrough(start: string, next: (slug: string) => readonly (string | undefined)[]): string[] | undefined {
  const seen = new Set<string>();
  const walk = (slug: string, path: string[]): string[] | undefined => {
    for (const following of next(slug)) {
      if (following === start) return path;
      if (following === undefined || seen.has(following)) continue;
      seen.add(following);
      const cycle = walk(following, [...path, following]);
      if (cycle) return cycle;
    }
    return undefined;
  };
  return walk(start, [start]);
}
