// Content that changes, told a second time and as plainly as possible: when entries and conditions are in force, what an
// alias means, what is kept when content changes. It shares nothing with src/completion, and works everything out anew.

export type EntryContent = {
  slug: string;
  optional?: boolean | undefined;
  from?: string | undefined;
  until?: string | undefined;
};
export type ModuleContent = { steps: readonly string[]; from?: string | undefined; aliases: string[] };
export type HolderContent = {
  slug: string;
  modules: EntryContent[];
  courses?: EntryContent[];
  completion?: { rule: "all" } | { rule: "at-least"; count: number };
  aliases: string[];
  retired: boolean;
};
/** `modules` are those with a file; others are known where a holder lists them. */
export type ChangingContent = {
  modules: Record<string, ModuleContent>;
  courses: HolderContent[];
  pathways: HolderContent[];
};

/** Content files by path. */
export const filesOfContent = ({ modules, courses, pathways }: ChangingContent): Record<string, unknown> =>
  Object.fromEntries([
    ...Object.entries(modules).map(([slug, module]) => [`modules/${slug}/completion.json`, module]),
    ...courses.map((course) => [`courses/${course.slug}.json`, course]),
    ...pathways.map((pathway) => [`pathways/${pathway.slug}.json`, pathway]),
  ]);

/** What a learner did with a module, under its own slug. */
export type Deed =
  | { kind: "mark"; module: string; at: string; receivedAt: string; own: boolean; known: boolean }
  | { kind: "step"; module: string; step: string; at: string };

const holdersOf = ({ courses, pathways }: ChangingContent) => [...courses, ...pathways];

/** The slug that a name means. */
export function meantBy(content: ChangingContent, kind: "module" | "course", name: string): string {
  const named =
    kind === "module"
      ? Object.entries(content.modules).map(([slug, { aliases }]) => ({ slug, aliases }))
      : content.courses;
  return named.find(({ aliases }) => aliases.includes(name))?.slug ?? name;
}

export const isKnownModule = (content: ChangingContent, slug: string): boolean =>
  slug in content.modules || holdersOf(content).some(({ modules }) => modules.some((entry) => entry.slug === slug));

const isKnownIn = (content: ChangingContent, entity: string): boolean => {
  const [kind, slug = ""] = entity.split("/");
  if (kind === "module") return isKnownModule(content, slug);
  return (kind === "course" ? content.courses : content.pathways).some((holder) => holder.slug === slug);
};

const first = (times: readonly string[]): string | undefined => [...times].sort()[0];
const last = (times: readonly string[]): string | undefined => [...times].sort().at(-1);

/** When deeds complete a module, if they do. @param now the moment of asking */
export function moduleDoneAt(content: ChangingContent, slug: string, deeds: readonly Deed[], now: string) {
  const { steps, from } = content.modules[slug] ?? { steps: [] };
  const marks = deeds.flatMap((deed) => (deed.kind === "mark" && deed.module === slug ? [deed] : []));
  if (steps.length === 0) return first(marks.map(({ at }) => at));
  const early = marks.filter(
    (mark) => from !== undefined && mark.known && (mark.own ? mark.receivedAt : mark.at) < from,
  );
  const markedAt = first(early.map(({ at }) => at));
  if (from !== undefined && from > now) return markedAt;
  const done = steps.map((step) =>
    first(
      deeds.flatMap((deed) => (deed.kind === "step" && deed.module === slug && deed.step === step ? [deed.at] : [])),
    ),
  );
  const times = done.filter((time) => time !== undefined);
  const metAt = times.length === steps.length ? last([...times, ...(from === undefined ? [] : [from])]) : undefined;
  return first([metAt, markedAt].filter((time) => time !== undefined));
}

/** The first moment at which what was done up to it meets what was in force at it: every moment that matters is tried. */
function holderDoneAt(
  { modules, courses = [], completion = { rule: "all" } }: HolderContent,
  doneAt: (kind: "module" | "course", slug: string) => string | undefined,
  now: string,
): string | undefined {
  const entries = [
    ...courses.map((entry) => ({ ...entry, time: doneAt("course", entry.slug) })),
    ...modules.map((entry) => ({ ...entry, time: doneAt("module", entry.slug) })),
  ];
  const turns = entries.flatMap(({ from, until }) => [from, until]).filter((time) => time !== undefined && time <= now);
  const moments = [...entries.map(({ time }) => time), ...turns].filter((time) => time !== undefined).sort();
  return moments.find((moment) => {
    const inForce = entries.filter(
      ({ from, until }) => (from === undefined || from <= moment) && (until === undefined || moment < until),
    );
    const counted = completion.rule === "all" ? inForce.filter(({ optional }) => !optional) : inForce;
    const needed = completion.rule === "all" ? counted.length : completion.count;
    return needed > 0 && counted.filter(({ time }) => time !== undefined && time <= moment).length >= needed;
  });
}

/** What an entity's completion rests on, as text. */
function restsOn(content: ChangingContent, kind: string, slug: string): string {
  const holder = (kind === "course" ? content.courses : content.pathways).find((one) => one.slug === slug);
  if (kind === "module" || holder === undefined) {
    const { steps = [], from } = content.modules[slug] ?? {};
    return JSON.stringify([steps, from]);
  }
  const { modules, courses = [], completion = { rule: "all" } } = holder;
  const told = (type: string, list: EntryContent[]) =>
    list
      .filter(({ optional }) => completion.rule !== "all" || !optional)
      .map((entry) => [type, entry.slug, entry.from, entry.until, restsOn(content, type, entry.slug)].join(" "));
  return JSON.stringify([completion, [...told("course", courses), ...told("module", modules)].sort()]);
}

/** When each entity was completed, by `kind/slug`: of holders, and of modules with conditions, by their flags. */
export type Standing = Record<string, string | undefined>;

/**
 * When each entity is complete under content, once a backfill has looked.
 * @param before what stood under the content before, with that content
 */
export function standingUnder(
  content: ChangingContent,
  deeds: readonly Deed[],
  now: string,
  before?: { content: ChangingContent; standing: Standing },
): Standing {
  const standing: Standing = {};
  /** What was flagged under another definition keeps its time, as long as the facts still complete it. */
  const kept = (kind: string, slug: string, time: string | undefined): string | undefined => {
    const earlier = before?.standing[`${kind}/${slug}`];
    if (before === undefined || earlier === undefined || time === undefined) return time;
    return restsOn(content, kind, slug) === restsOn(before.content, kind, slug) ? time : earlier;
  };
  const slugs = new Set([
    ...Object.keys(content.modules),
    ...holdersOf(content).flatMap(({ modules }) => modules.map(({ slug }) => slug)),
  ]);
  const moduleTimes = new Map<string, string | undefined>();
  for (const slug of slugs) {
    const time = kept("module", slug, moduleDoneAt(content, slug, deeds, now));
    moduleTimes.set(slug, time);
    const entity = `module/${slug}`;
    // Only what has conditions gets a flag; it stays, with its time, where marks complete what has lost its conditions.
    if ((content.modules[slug]?.steps ?? []).length > 0 || before?.standing[entity] !== undefined)
      standing[entity] = time;
  }
  const doneAt = (kind: "module" | "course", slug: string) =>
    kind === "module" ? moduleTimes.get(slug) : standing[`course/${slug}`];
  for (const course of content.courses)
    standing[`course/${course.slug}`] = kept("course", course.slug, holderDoneAt(course, doneAt, now));
  for (const pathway of content.pathways)
    standing[`pathway/${pathway.slug}`] = kept("pathway", pathway.slug, holderDoneAt(pathway, doneAt, now));
  // What has no file any more keeps its flag.
  for (const [entity, time] of Object.entries(before?.standing ?? {}))
    if (!(entity in standing) && !isKnownIn(content, entity)) standing[entity] = time;
  return standing;
}
