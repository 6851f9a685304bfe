import fc from "fast-check";
import { type ContentJson, readContent } from "../oracles/terms/content.ts";
import { eachOnce } from "../oracles/terms/live.ts";
import { isModuleClaim, subjectOf } from "../oracles/terms/module-facts.ts";
import { claim, grant, link, mark, received, reset, type Short, sent, voided, waive } from "../oracles/terms/sent.ts";
import { faultsOf } from "./catalogs.ts";
import { anyGroup } from "./groups.ts";

// Few names and few moments: they collide often, and edges are met exactly.
const MODULES = ["a", "b", "c"] as const;
const COURSES = ["x", "y"] as const;
const PATHWAYS = ["p"] as const;

/** The moment of asking, and of every receipt. */
export const ASKED = "2026-06-01T00:00:00.000Z";

const FIRST = "2026-01-31T10:00:00.000Z";
const ms = (text: string, more: number) => new Date(Date.parse(text) + more).toISOString();
/** Around a month and a quarter from the first, ten days and a day before those, each a millisecond off as well. */
const EDGES = [
  FIRST,
  "2026-02-10T00:00:00.000Z",
  "2026-02-18T10:00:00.000Z",
  "2026-02-27T10:00:00.000Z",
  "2026-02-28T10:00:00.000Z",
  "2026-03-28T10:00:00.000Z",
  "2026-04-20T10:00:00.000Z",
  "2026-04-30T10:00:00.000Z",
  "2026-05-31T10:00:00.000Z",
];
const MOMENTS = EDGES.flatMap((edge) => [edge, edge, edge, ms(edge, -1), ms(edge, 1)]);
export const anyMoment = fc.constantFrom(...MOMENTS);

const some = <T>(arbitrary: fc.Arbitrary<T>, one: number, of: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: one, arbitrary }, { weight: of - one, arbitrary: fc.constant(undefined) });
const defined = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const span = fc.record({ from: some(anyMoment, 1, 6), until: some(anyMoment, 1, 6) });
const anySpan = span.map(({ from, until }) =>
  from !== undefined && until !== undefined && from >= until ? { from } : defined({ from, until }),
);
const anyTerm = some(
  fc.constantFrom(
    { valid_for: "P1M" },
    { valid_for: "P1M", renew_from: "P10D" },
    { valid_for: "P1M", renew_from: "P1D" },
    { valid_for: "P3M", renew_from: "P10D" },
    { valid_for: "P3M", renew_from: "P2M" },
    { valid_for: "P28D" },
  ),
  2,
  3,
);

type Named = { course?: string; module?: string };
const nameOf = ({ course, module }: Named) => course ?? module ?? "";

/** A course, or a pathway, of some entries: with groups over all or some of them, or one of the rules over everything. */
function anyHolder(slug: string, entries: readonly Named[], hasTerms: boolean): fc.Arbitrary<object> {
  const names = entries.map(nameOf);
  const rule = fc.oneof(
    fc.constant(undefined),
    fc.constantFrom({ rule: "any" }, { rule: "at-least", count: 1 }, { rule: "at-least-percent", percent: 50 }),
    anyGroup(names),
  );
  return fc
    .record({
      spans: fc.tuple(...entries.map(() => anySpan)),
      optional: fc.tuple(...entries.map(() => some(fc.constant(true), 1, 6))),
      completion: rule,
      term: hasTerms ? anyTerm : fc.constant(undefined),
      aliases: some(fc.constant([`old-${slug}`]), 1, 4),
      retired: some(fc.constant(true), 1, 8),
    })
    .map(({ spans, optional, completion, term, aliases, retired }) => {
      const isGrouped = completion !== undefined && "of" in completion;
      const listed = entries.map((entry, index) => ({
        ...entry,
        ...spans[index],
        ...(!isGrouped && optional[index] && { optional: true }),
      }));
      return defined({ slug, entries: listed, completion, aliases, retired, ...term });
    });
}

const QUIZ = { task_slug: "quiz", task_type: "quiz", passing_score: 60 };
/** As the file of a quiz that is graded here. */
const QUESTIONS = {
  questions: ["q1", "q2"].map((id) => ({
    id,
    type: "single",
    options: ["yes", "no"],
    correct_answer: "yes",
    points: 1,
  })),
};
const anyModuleFile = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  {
    weight: 3,
    arbitrary: fc
      .record({
        tasks: fc.subarray([QUIZ, { task_slug: "lab", task_type: "lab_attestation" }]),
        steps: fc.subarray(["s1", "s2"]),
        score: some(fc.constant({ passing_score: 60, weights: { exam: 1, essay: 0.5 } }), 1, 3),
        from: some(anyMoment, 1, 3),
        rule: fc.constantFrom(undefined, "any", "mark"),
      })
      .map(({ tasks, steps, score, from, rule }) => {
        const stated = [
          ...tasks.map(({ task_slug }) => task_slug),
          ...(score ? ["score"] : []),
          ...(steps.length ? ["steps"] : []),
        ];
        const withMark = { rule: "all", of: ["mark", ...stated] };
        const completion = rule === "mark" ? withMark : rule && { rule };
        return defined({ completion_tasks: tasks, steps, score, from, completion });
      }),
  },
);

/** Of a task with attempts, how many there are, and whether its answers are graded here. */
const anyLimit = fc.record({ max: some(fc.constantFrom(1, 2), 2, 3), isGraded: fc.boolean() });
type Limit = { max: number | undefined; isGraded: boolean };

/** The module whose quiz is tried most often, so that attempts come to their limit. */
const [TRIED] = MODULES;

/** The files of a module; with a limit its quiz has one. */
function moduleFiles(slug: string, file: object, { max, isGraded }: Limit): [string, unknown][] {
  const { completion_tasks: stated } = file as { completion_tasks?: (typeof QUIZ)[] };
  const tasks = slug === TRIED && max !== undefined ? [QUIZ] : stated;
  const hasQuiz = tasks?.some(({ task_slug }) => task_slug === QUIZ.task_slug) === true;
  const limited = tasks?.map((task) =>
    task.task_slug === QUIZ.task_slug ? defined({ ...task, max_attempts: max }) : task,
  );
  const own = defined({ ...file, completion_tasks: limited });
  return [
    ...(Object.keys(own).length > 0 ? [[`modules/${slug}/completion.json`, own] as [string, unknown]] : []),
    ...(hasQuiz && isGraded ? [[`modules/${slug}/quiz.json`, QUESTIONS] as [string, unknown]] : []),
  ];
}

/** Small catalogs with terms, groups, entries and conditions that come into force and go, slugs from before, retired ones. */
export function anyTermCatalog({
  terms = true,
  limits: hasLimits = false,
}: {
  terms?: boolean;
  limits?: boolean;
} = {}): fc.Arbitrary<ContentJson> {
  const modules = fc.subarray([...MODULES], { minLength: 1 });
  const course = (slug: string) =>
    modules.chain((listed) =>
      anyHolder(
        slug,
        listed.map((module) => ({ module })),
        terms,
      ),
    );
  const pathway = (slug: string) =>
    fc
      .tuple(fc.subarray([...COURSES]), fc.subarray([...MODULES], { maxLength: 2 }))
      .filter(([courses, listed]) => courses.length + listed.length > 0)
      .chain(([courses, listed]) =>
        anyHolder(slug, [...courses.map((one) => ({ course: one })), ...listed.map((module) => ({ module }))], terms),
      );
  return fc
    .record({
      courses: fc.tuple(...COURSES.map(course)),
      pathways: fc.tuple(...PATHWAYS.map(pathway)),
      files: fc.tuple(...MODULES.map(() => anyModuleFile)),
      aliases: fc.tuple(...MODULES.map(() => some(fc.constant(true), 1, 5))),
      limits: fc.tuple(...MODULES.map(() => (hasLimits ? anyLimit : fc.constant({ max: undefined, isGraded: false })))),
    })
    .map(
      ({ courses, pathways, files, aliases, limits }): ContentJson =>
        Object.fromEntries([
          ...courses.map((file, index) => [`courses/${COURSES[index]}.json`, file]),
          ...pathways.map((file, index) => [`pathways/${PATHWAYS[index]}.json`, file]),
          ...MODULES.flatMap((slug, index) => {
            const file = { ...files[index], ...(aliases[index] && { aliases: [`old-${slug}`] }) };
            return moduleFiles(slug, file, limits[index] as Limit);
          }),
        ]),
    )
    .filter((content) => faultsOf(content).length === 0);
}

const anySlug = <T extends string>(slugs: readonly T[]) =>
  fc.tuple(fc.constantFrom(...slugs), fc.nat({ max: 5 })).map(([slug, old]) => (old === 0 ? `old-${slug}` : slug));
const anyModule = anySlug(MODULES);
const anyHolderKey = fc.oneof(
  { weight: 3, arbitrary: anySlug(COURSES).map((slug) => `course/${slug}`) },
  { weight: 1, arbitrary: anySlug(PATHWAYS).map((slug) => `pathway/${slug}`) },
);
const anyEntityKey = fc.oneof(
  anyModule.map((slug) => `module/${slug}`),
  anyHolderKey,
);

/** Most is one learner's; links may join the others. */
export const LEARNERS: readonly string[] = ["ada", "bob", "mail"];
const anyId = fc.oneof(
  { weight: 4, arbitrary: fc.constant("ada") },
  { weight: 1, arbitrary: fc.constantFrom(...LEARNERS) },
);

// Drawn from few, so that a void finds one, and two events share one.
const EVENT_IDS = ["e0", "e1", "e2", "e3", "e4", "e5"] as const;
const anyEventId = fc.constantFrom(...EVENT_IDS);
const withdrawn = some(fc.constant({ withdrawn: true }), 1, 3).map((more) => more ?? {});

const facts = [
  fc.tuple(anyModule, anyMoment, anyId, anyEventId).map(([slug, ts, who, id]) => mark(slug, ts, who, id)),
  fc
    .tuple(anyModule, fc.constantFrom(40, 60, 90), anyMoment, anyId, anyEventId)
    .map(([module_slug, score, ts, who, id]) =>
      sent("task_submitted", ts, { module_slug, task_slug: "quiz", score }, who, id),
    ),
  fc
    .tuple(anyModule, anyMoment, anyId, anyEventId)
    .map(([module_slug, ts, who, id]) =>
      sent("task_submitted", ts, { module_slug, task_slug: "lab", attested: true }, who, id),
    ),
  fc
    .tuple(anyModule, fc.constantFrom("s1", "s2"), anyMoment, anyId, anyEventId)
    .map(([module_slug, step, ts, who, id]) => sent("module_progressed", ts, { module_slug, step }, who, id)),
  fc
    .tuple(
      anyModule,
      fc.constantFrom({ exam: 90 }, { exam: 60 }, { essay: 90 }, { exam: 50, essay: 80 }),
      anyMoment,
      anyId,
      anyEventId,
    )
    .map(([module_slug, scores, ts, who, id]) => sent("module_scored", ts, { module_slug, scores }, who, id)),
];
// Under any of the ids, and often as an event that a void may find.
const anyUnder = fc.record({ who: anyId, id: some(anyEventId, 1, 2) });
const waivers = [
  fc.tuple(anyEntityKey, anyMoment, withdrawn, anyUnder).map(([key, ts, more, under]) => waive(key, ts, more, under)),
  fc
    .tuple(anyEntityKey, anyMoment, anyMoment, anyUnder)
    // Of two waivers at one moment either may give the source, so an imported one is never at another's.
    .map(([key, ts, completed_at, under]) =>
      waive(key, ts, { as: "imported", completed_at: ms(completed_at, 7) }, under),
    ),
];
const resets = fc.tuple(anyHolderKey, anyMoment, anyUnder).map(([key, ts, under]) => reset(key, ts, under));
const voids = fc
  .tuple(anyEventId, anyMoment, withdrawn, anyUnder)
  .map(([id, ts, more, under]) => voided(id, ts, more, under));
const anyTried = fc.oneof({ weight: 4, arbitrary: fc.constant(TRIED) }, { weight: 1, arbitrary: anyModule });
const attempts = [
  fc
    .tuple(
      anyTried,
      fc.constantFrom({ q1: "yes", q2: "yes" }, { q1: "yes" }, { q1: "no", q2: "yes" }),
      anyMoment,
      anyUnder,
    )
    .map(([module_slug, answers, ts, { who, id }]) =>
      sent("task_submitted", ts, { module_slug, task_slug: "quiz", answers }, who, id),
    ),
  fc
    .tuple(anyTried, fc.constantFrom(40, 60, 90), anyMoment, anyUnder)
    .map(([module_slug, score, ts, { who, id }]) =>
      sent("task_submitted", ts, { module_slug, task_slug: "quiz", score }, who, id),
    ),
];
const grants = fc
  .tuple(anyTried, anyMoment, fc.constantFrom(1, 1, 2), anyUnder)
  .map(([slug, ts, count, under]) => grant(slug, ts, count, under));
const links = fc
  .tuple(fc.constantFrom(...LEARNERS), fc.constantFrom(...LEARNERS), anyMoment, withdrawn)
  .filter(([alias, learner]) => alias !== learner)
  .map(([alias, learner, ts, more]) => link(alias, learner, ts, more));

// Near the moments of facts: within five minutes, at five minutes, and beyond.
const claims = fc
  .tuple(anyHolderKey, anyMoment, fc.constantFrom(0, 1, 60_000, 300_000, 300_001), fc.boolean(), anyId)
  .map(([key, ts, after, isOld, who]) => claim(key, ms(ts, isOld ? -after : after), who));

export type HistoryOptions = {
  minLength?: number;
  maxLength?: number;
  links?: boolean;
  /** Whether people decide anything. */
  decisions?: boolean;
  /** Whether completions of holders end; as long as people decide, where nothing else is said. */
  terms?: boolean;
  /** Whether anything is claimed, on which the order of arrival has a say. */
  claims?: boolean;
  /** Whether tasks have limits of attempts, on which it has one as well, and grants are given. */
  limits?: boolean;
};

/** Histories in which facts and decisions meet at the same moments, of one learner or of some who may be joined. */
export const anyTermHistory = ({
  minLength = 0,
  maxLength = 10,
  links: hasLinks = true,
  decisions = true,
  claims: hasClaims = false,
  limits: hasLimits = false,
}: HistoryOptions = {}): fc.Arbitrary<Short[]> =>
  fc.array(
    fc
      .oneof(
        { weight: 6, arbitrary: facts[0] as fc.Arbitrary<Short> },
        ...facts.slice(1).map((arbitrary) => ({ weight: 1, arbitrary })),
        ...(decisions ? [...waivers, resets, voids].map((arbitrary) => ({ weight: 1, arbitrary })) : []),
        ...(hasClaims ? [{ weight: 2, arbitrary: claims }] : []),
        ...(hasLimits ? [...attempts, grants].map((arbitrary) => ({ weight: 2, arbitrary })) : []),
        ...(hasLinks ? [{ weight: 3, arbitrary: links }] : []),
      )
      .chain((short) => (hasLinks ? underAnother(short) : fc.constant(short))),
    { minLength, maxLength },
  );

/** As it is, or under another id that may be the same learner's. */
const underAnother = (short: Short): fc.Arbitrary<Short> =>
  fc
    .constantFrom(undefined, undefined, ...LEARNERS)
    .map((contactId) =>
      contactId === undefined || short.event.eventName === "learning_identity_linked"
        ? short
        : { ...short, event: { ...short.event, contactIdentifier: { contactId } } },
    );

/** Content and a history. Without claims the order of arrival has no say: so no module is marked whose conditions are in force. */
export const anyTermCase = (options: HistoryOptions = {}): fc.Arbitrary<{ files: ContentJson; events: Short[] }> =>
  fc
    .record({
      files: anyTermCatalog({ terms: options.terms ?? options.decisions ?? true, limits: options.limits ?? false }),
      events: anyTermHistory(options),
    })
    .map(({ files, events: drawn }) => {
      const content = readContent(files);
      const isClaim = (short: Short) => {
        const [one] = eachOnce(received([short], ASKED));
        const module =
          one?.name === "module_completed" ? content.modules.get(subjectOf(content, one, "module")) : undefined;
        return one !== undefined && module !== undefined && isModuleClaim(module, one);
      };
      // Answers to a module without a quiz are refused, and so are they no part of this.
      const isGradable = (short: Short) => {
        const [one] = eachOnce(received([short], ASKED));
        if (one?.field("answers") === undefined) return true;
        return content.modules.get(subjectOf(content, one, "module"))?.quiz !== undefined;
      };
      const events = drawn.filter((short) => (options.claims || !isClaim(short)) && isGradable(short));
      return { files, events };
    });
