import fc from "fast-check";
import type { CatalogContent, SentEvent } from "../oracles/oracle.ts";
import { filesOf, isGatedIn, type ModuleContent, type RecordContent } from "../oracles/record-oracle.ts";
import { anyCatalog } from "./arbitraries.ts";
import { faultsOf } from "./catalogs.ts";

// Few names, so that they collide often.
const MODULES = ["a", "b", "c", "d"] as const;
const TASKS = ["t1", "t2"] as const;
const STEPS = ["s1", "s2"] as const;
const ITEMS = ["i1", "i2"] as const;
const COMPONENTS = ["quiz", "assignment"] as const;
/** In no catalog, and no module. */
const UNLISTED = "z";
const DAY = "2026-01-18";
/** Around the passing scores, a hundredth below and above. */
const SCORES = [0, 50, 59.99, 60, 74.5, 79.99, 80, 100] as const;

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const defined = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

type Options = {
  modules?: number;
  courses?: number;
  pathways?: number;
  learners?: number;
  /** Of ten events, about so many are claims: of gated modules, courses and pathways. */
  claims?: number;
  /** Whether tasks may have a limit. */
  limits?: boolean;
  /** Whether modules may have prerequisites, and courses and pathways an order; `enforced`: and refuse what comes early. */
  order?: "none" | "told" | "enforced";
  /** Whether a session may be ended by several events. */
  manyEnds?: boolean;
  minLength?: number;
  maxLength?: number;
};

const task = (limits: boolean) =>
  fc.record({
    task_slug: fc.constantFrom(...TASKS),
    // It takes attestations and scores, and both are drawn.
    task_type: fc.constant("lab_attestation"),
    required: fc.constantFrom(true, true, true, false),
    passing_score: optional(fc.constantFrom(60, 80)),
    max_attempts: limits ? optional(fc.constantFrom(1, 2)) : fc.constant(undefined),
  });

const anyModuleContent = (slug: string, earlier: readonly string[], { limits = false, order = "none" }: Options) =>
  fc
    .record({
      isPlain: fc.constantFrom(true, false, false),
      tasks: fc.uniqueArray(task(limits), { selector: ({ task_slug }) => task_slug, maxLength: 2 }),
      score: fc.option(
        fc.record({
          passing_score: fc.constantFrom(60, 79.99, 80),
          weights: fc.oneof(
            fc.record({ quiz: fc.constantFrom(0.4, 1), assignment: fc.constantFrom(0.6, 0.2) }),
            fc.constant({ quiz: 0.7 }),
          ),
        }),
        { nil: undefined, freq: 1 },
      ),
      steps: fc.subarray([...STEPS]),
      items: fc.subarray([...ITEMS]),
      prerequisites:
        order === "none" || earlier.length === 0
          ? fc.constant<string[]>([])
          : fc.subarray([...earlier], { maxLength: 1 }),
      enforced: order === "enforced" ? fc.boolean() : fc.constant(false),
    })
    .map(({ isPlain, tasks, score, steps, items, prerequisites, enforced }): ModuleContent => {
      const conditions = isPlain ? {} : { completion_tasks: tasks.map(defined), ...(score && { score }), steps };
      return {
        slug,
        ...conditions,
        review_items: items.map((id) => ({ id, front: `front of ${id}`, back: `back of ${id}` })),
        prerequisites,
        enforce_order: enforced,
      };
    });

type Ordered = { sequential?: boolean; enforce_order?: boolean };
const slugOf = (entry: string | { slug: string }) => (typeof entry === "string" ? entry : entry.slug);

/** Small catalogs: modules with every kind of condition and without, in several courses and pathways. */
export function anyRecordContent(options: Options = {}): fc.Arbitrary<RecordContent> {
  const { modules = 4, courses = 2, pathways = 2, order = "none" } = options;
  const slugs = MODULES.slice(0, modules);
  const flag = order === "none" ? fc.constant(false) : fc.constantFrom(true, false);
  return (
    fc
      .record({
        catalog: anyCatalog({ modules, courses, pathways }),
        modules: fc.tuple(...slugs.map((slug, index) => anyModuleContent(slug, slugs.slice(0, index), options))),
        sequential: fc.array(fc.record({ sequential: flag, enforce_order: flag }), { minLength: 6, maxLength: 6 }),
      })
      .map(({ catalog, modules: definitions, sequential }) => {
        const ordered = <T extends CatalogContent["courses" | "pathways"][number]>(holder: T, index: number) => {
          const how: Ordered = sequential[index] ?? {};
          if (!how.sequential) return holder;
          // A module may not come before its own prerequisites.
          const listed: (string | { slug: string; optional?: boolean })[] = holder.modules ?? [];
          const inOrder = [...listed].sort((a, b) => (slugOf(a) < slugOf(b) ? -1 : 1));
          return {
            ...holder,
            modules: inOrder,
            sequential: true,
            enforce_order: order === "enforced" && how.enforce_order,
          };
        };
        return {
          modules: definitions,
          courses: catalog.courses.map((course, index) => ordered(course, index)),
          pathways: catalog.pathways.map((pathway, index) => ordered(pathway, index + 3)),
        };
      })
      // What can never be completed is a fault.
      .filter((content) => faultsOf(filesOf(content)).length === 0)
  );
}

/** Every minute, now and then a millisecond off: the same moment is common, and so is exactly five minutes. */
const time = fc
  .record({ minute: fc.nat({ max: 11 }), millisecond: fc.constantFrom(0, 0, 0, 1) })
  .map(({ minute, millisecond }) =>
    new Date(Date.parse(`${DAY}T10:00:00Z`) + minute * 60_000 + millisecond).toISOString(),
  );

type Fields = Record<string, unknown>;
type Template = { eventName: string; fields: Fields };

const named = (eventName: string, fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Template> =>
  fc.record(fields).map((drawn) => ({ eventName, fields: defined(drawn) }));

const module_slug = fc.constantFrom(...MODULES, UNLISTED);
const holder = fc.constantFrom("a", "b", UNLISTED);
const score = fc.constantFrom(...SCORES);
const place = { course_slug: optional(holder), pathway_slug: optional(holder) };
const completionData = fc
  .record({ mood: fc.constantFrom("calm", "tense"), intensity: fc.nat({ max: 100 }) })
  .map(defined);

// What a session is about is the same in all that is said of it.
const SESSIONS: Fields[] = [
  { session_id: "one", session_type: "module", module_slug: "a", source: "page" },
  { session_id: "two", session_type: "vocabulary_review" },
];
const session = fc.constantFrom(...SESSIONS);

const ANY_EVENT = fc.oneof(
  {
    weight: 3,
    arbitrary: named("learning_module_progressed", { module_slug, step: fc.constantFrom(...STEPS, "other") }),
  },
  {
    weight: 3,
    arbitrary: named("learning_task_submitted", { module_slug, task_slug: fc.constantFrom(...TASKS, UNLISTED), score }),
  },
  {
    weight: 1,
    arbitrary: named("learning_task_submitted", {
      module_slug,
      task_slug: fc.constantFrom(...TASKS),
      attested: fc.constant(true),
    }),
  },
  {
    weight: 3,
    arbitrary: named("learning_module_scored", {
      module_slug,
      scores: fc
        .record({ quiz: optional(score), assignment: optional(score), other: optional(score) })
        .map((scores) => (Object.values(scores).every((one) => one === undefined) ? { quiz: 80 } : defined(scores))),
    }),
  },
  {
    weight: 3,
    arbitrary: named("learning_module_completed", { module_slug, completion_data: optional(completionData) }),
  },
  { weight: 2, arbitrary: named("learning_module_started", { ...place, module_slug }) },
  {
    weight: 3,
    arbitrary: named("learning_item_reviewed", {
      module_slug: fc.constantFrom("a", "a", "b", UNLISTED),
      item_id: fc.constantFrom(...ITEMS),
      rating: fc.constantFrom("again", "hard", "good", "easy"),
    }),
  },
  { weight: 1, arbitrary: session.map((fields): Template => ({ eventName: "learning_session_started", fields })) },
  {
    weight: 1,
    arbitrary: fc.tuple(session, fc.nat({ max: 9 })).map(([{ session_id, session_type }, items_studied]) => ({
      eventName: "learning_session_ended",
      fields: { session_id, session_type, items_studied },
    })),
  },
  { weight: 1, arbitrary: named("learning_course_enrolled", { ...place, course_slug: holder }) },
  { weight: 1, arbitrary: named("learning_module_recommended", { module_slug }) },
  { weight: 1, arbitrary: named("learning_page_viewed", { content_type: fc.constant("article"), slug: module_slug }) },
);

const completed_at = optional(time);
const CLAIM = fc.oneof(
  { weight: 3, arbitrary: named("learning_module_completed", { module_slug: fc.constantFrom(...MODULES) }) },
  { weight: 1, arbitrary: named("learning_course_completed", { course_slug: holder, completed_at }) },
  { weight: 1, arbitrary: named("learning_pathway_completed", { pathway_slug: holder, completed_at }) },
);

/** Events that bring a learner further: without them, few modules would ever be complete. */
function helpful({ modules }: RecordContent): Template[] {
  return modules.flatMap(({ slug: module_slug, completion_tasks = [], score, steps = [] }) => {
    const of = (eventName: string, fields: Fields) => ({ eventName, fields: { module_slug, ...fields } });
    const needed = [
      ...completion_tasks.map(({ task_slug, passing_score }) =>
        of("learning_task_submitted", {
          task_slug,
          ...(passing_score === undefined ? { attested: true } : { score: passing_score }),
        }),
      ),
      ...steps.map((step) => of("learning_module_progressed", { step })),
      ...(score
        ? [of("learning_module_scored", { scores: Object.fromEntries(COMPONENTS.map((name) => [name, 100])) })]
        : []),
    ];
    return [
      ...needed,
      ...(needed.length === 0 ? [of("learning_module_completed", {})] : []),
      of("learning_module_started", {}),
    ];
  });
}

/** One learner by id, one by email. */
const LEARNERS = [{ contactId: "one" }, { email: " Two@Example.com" }] as const;

export type RecordCase = { content: RecordContent; events: SentEvent[] };

// What can never be completed is no catalog.
const isSound = (content: RecordContent) => faultsOf(filesOf(content)).length === 0;

/** A catalog, and events as clients send them. Events that differ may have one id. */
export function anyRecord(options: Options = {}): fc.Arbitrary<RecordCase> {
  const { learners = 1, claims = 0, manyEnds = false, minLength = 0, maxLength = 12 } = options;
  const kind = fc.oneof(
    { weight: 10, arbitrary: ANY_EVENT.map((template) => () => template) },
    {
      weight: 12,
      arbitrary: fc.nat({ max: 23 }).map((pick) => (pool: Template[]) => pool[pick % pool.length] as Template),
    },
    ...(claims > 0 ? [{ weight: 2 * claims, arbitrary: CLAIM.map((template) => () => template) }] : []),
  );
  const draft = fc.record({
    learner: fc.nat({ max: learners - 1 }),
    kind,
    ts: fc.oneof({ weight: 15, arbitrary: time }, { weight: 1, arbitrary: fc.constant(undefined) }),
    hasId: fc.boolean(),
    inPayload: fc.boolean(),
  });
  return fc
    .record({ content: anyRecordContent(options).filter(isSound), drafts: fc.array(draft, { minLength, maxLength }) })
    .map(({ content, drafts }) => {
      const pool = helpful(content);
      const ended = new Set<unknown>();
      const events = drafts.flatMap(({ learner, kind: templateIn, ts, hasId, inPayload }, index): SentEvent[] => {
        const { eventName, fields } = templateIn(pool);
        if (
          claims === 0 &&
          eventName === "learning_module_completed" &&
          isGatedIn(content, String((fields as Record<string, unknown>).module_slug))
        )
          return [];
        const end = `${learner} ${fields.session_id}`;
        if (eventName === "learning_session_ended" && !manyEnds && ended.has(end)) return [];
        if (eventName === "learning_session_ended") ended.add(end);
        const sent = defined({ ...fields, ts });
        return [
          {
            eventName,
            ...(hasId && { eventId: `event-${index % 3}` }),
            contactIdentifier: { ...LEARNERS[learner] },
            ...(inPayload ? { payload: sent } : sent),
          },
        ];
      });
      return { content, events };
    });
}
