// Content that changes, told a second time and as plainly as possible: when entries and conditions are in force, what an
// alias means, what is kept when content changes. It shares nothing with src/completion, and works everything out anew.

export type EntryContent = {
  slug: string;
  optional?: boolean | undefined;
  from?: string | undefined;
  until?: string | undefined;
};
/** Complete by steps and by a quiz, where it has them; `pass` is the quiz's mark. */
export type ModuleContent = {
  steps: readonly string[];
  pass?: number | undefined;
  from?: string | undefined;
  aliases: string[];
};
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
    ...Object.entries(modules).map(([slug, { pass, ...module }]) => [
      `modules/${slug}/completion.json`,
      { ...module, ...(pass !== undefined && { completion_tasks: [{ task_slug: "quiz", passing_score: pass }] }) },
    ]),
    ...courses.map((course) => [`courses/${course.slug}.json`, course]),
    ...pathways.map((pathway) => [`pathways/${pathway.slug}.json`, pathway]),
  ]);

/** What a learner did, under the slug of today; a claim is one that was accepted. */
export type Deed =
  | { kind: "mark"; module: string; at: string; receivedAt: string; own: boolean; known: boolean }
  | { kind: "step"; module: string; step: string; at: string }
  | { kind: "score"; module: string; score: number; at: string }
  | { kind: "claim"; module: string; at: string; acceptedAt: string }
  | { kind: "enrol"; course: string; at: string };
type ModuleDeed = Exclude<Deed, { kind: "enrol" }>;

/** Deeds under the slugs that they have under other content. */
export const renamed = (content: ChangingContent, deeds: readonly Deed[]): Deed[] =>
  deeds.map((deed) =>
    deed.kind === "enrol"
      ? { ...deed, course: meantBy(content, "course", deed.course) }
      : { ...deed, module: meantBy(content, "module", deed.module) },
  );

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

export const isRetired = (content: ChangingContent, course: string): boolean =>
  content.courses.some(({ slug, retired }) => slug === course && retired);

export const isKnownIn = (content: ChangingContent, entity: string): boolean => {
  const [kind, slug = ""] = entity.split("/");
  if (kind === "module") return isKnownModule(content, slug);
  return (kind === "course" ? content.courses : content.pathways).some((holder) => holder.slug === slug);
};

const first = (times: readonly string[]): string | undefined => [...times].sort()[0];
const last = (times: readonly string[]): string | undefined => [...times].sort().at(-1);

const ofModule = (deeds: readonly Deed[], slug: string): ModuleDeed[] =>
  deeds.flatMap((deed) => (deed.kind !== "enrol" && deed.module === slug ? [deed] : []));

/** When each of a module's conditions was met, if it was. */
function conditionsMet(
  { steps, pass }: Pick<ModuleContent, "steps" | "pass">,
  deeds: readonly ModuleDeed[],
): (string | undefined)[] {
  const timesOf = (isIt: (deed: ModuleDeed) => boolean) => first(deeds.filter(isIt).map(({ at }) => at));
  return [
    ...steps.map((step) => timesOf((deed) => deed.kind === "step" && deed.step === step)),
    ...(pass === undefined ? [] : [timesOf((deed) => deed.kind === "score" && deed.score >= pass)]),
  ];
}

/** Whether a mark, or an accepted claim, was there before conditions were, by what its sender may say of that. */
function isFromBefore(deed: ModuleDeed, from: string): boolean {
  if (deed.kind === "claim") return deed.at < from && deed.acceptedAt < from;
  return deed.kind === "mark" && deed.known && (deed.own ? deed.receivedAt : deed.at) < from;
}

/** The accepted claim that stands: the first. */
const claimIn = (deeds: readonly ModuleDeed[]) => deeds.find(({ kind }) => kind === "claim");

/** When the facts complete a module, if they do. @param now the moment of asking */
export function moduleDoneAt(
  content: ChangingContent,
  slug: string,
  all: readonly Deed[],
  now: string,
): string | undefined {
  const module: ModuleContent = content.modules[slug] ?? { steps: [], aliases: [] };
  const deeds = ofModule(all, slug);
  const claim = claimIn(deeds);
  const marks = deeds.filter((deed) => deed.kind === "mark" || deed === claim);
  const conditions = conditionsMet(module, deeds);
  if (conditions.length === 0) return first(marks.map(({ at }) => at));
  const { from } = module;
  const markedAt = first(marks.filter((deed) => from !== undefined && isFromBefore(deed, from)).map(({ at }) => at));
  if (from !== undefined && from > now) return markedAt;
  const met = conditions.filter((time) => time !== undefined);
  const metAt = met.length === conditions.length ? last([...met, ...(from === undefined ? [] : [from])]) : undefined;
  return first([metAt, markedAt].filter((time) => time !== undefined));
}

const FIVE_MINUTES = 300_000;

/** The claimed time, where it is near enough. */
function withClaim(deeds: readonly Deed[], slug: string, time: string | undefined): string | undefined {
  const claim = claimIn(ofModule(deeds, slug));
  if (time === undefined || claim === undefined) return time;
  return Math.abs(Date.parse(claim.at) - Date.parse(time)) <= FIVE_MINUTES ? claim.at : time;
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
export function restsOn(content: ChangingContent, kind: string, slug: string): string {
  const holder = (kind === "course" ? content.courses : content.pathways).find((one) => one.slug === slug);
  if (kind === "module" || holder === undefined) {
    const { steps = [], pass, from } = content.modules[slug] ?? {};
    return JSON.stringify([steps, pass, from]);
  }
  const { modules, courses = [], completion = { rule: "all" } } = holder;
  const told = (type: string, list: EntryContent[]) =>
    list
      .filter(({ optional }) => completion.rule !== "all" || !optional)
      .map((entry) => [type, entry.slug, entry.from, entry.until, restsOn(content, type, entry.slug)].join(" "));
  return JSON.stringify([completion, [...told("course", courses), ...told("module", modules)].sort()]);
}

/** When each entity was completed, by `kind/slug`. */
export type Standing = Record<string, string>;

/** What stood under the content before. `flagged` are those that were complete by a flag, and not by being listed alone. */
export type Before = { content: ChangingContent; standing: Standing; flagged: ReadonlySet<string> };

/** When each entity is complete under content, once a backfill has looked. */
export function standingUnder(
  content: ChangingContent,
  deeds: readonly Deed[],
  now: string,
  before?: Before,
): Standing {
  const standing: Record<string, string | undefined> = {};
  /** What was flagged under another definition keeps its time, as long as the facts still complete it. */
  const kept = (kind: string, slug: string, time: string | undefined): string | undefined => {
    const entity = `${kind}/${slug}`;
    if (time === undefined || !before?.flagged.has(entity)) return time;
    return restsOn(content, kind, slug) === restsOn(before.content, kind, slug) ? time : before.standing[entity];
  };
  const slugs = new Set([
    ...Object.keys(content.modules),
    ...holdersOf(content).flatMap(({ modules }) => modules.map(({ slug }) => slug)),
    ...deeds.flatMap((deed) => (deed.kind === "enrol" ? [] : [deed.module])),
  ]);
  for (const slug of slugs)
    standing[`module/${slug}`] = kept("module", slug, withClaim(deeds, slug, moduleDoneAt(content, slug, deeds, now)));
  const doneAt = (kind: "module" | "course", slug: string) => standing[`${kind}/${slug}`];
  for (const course of content.courses)
    standing[`course/${course.slug}`] = kept("course", course.slug, holderDoneAt(course, doneAt, now));
  for (const pathway of content.pathways)
    standing[`pathway/${pathway.slug}`] = kept("pathway", pathway.slug, holderDoneAt(pathway, doneAt, now));
  // What has no file any more keeps its flag.
  for (const entity of before?.flagged ?? [])
    if (!isKnownIn(content, entity)) standing[entity] = before?.standing[entity];
  return Object.fromEntries(Object.entries(standing).filter((one): one is [string, string] => one[1] !== undefined));
}

/** When a learner was enrolled in a course, by course. */
export function enrolmentsIn(deeds: readonly Deed[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const deed of deeds)
    if (deed.kind === "enrol" && !((found[deed.course] ?? "~") <= deed.at)) found[deed.course] = deed.at;
  return found;
}
