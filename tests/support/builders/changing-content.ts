import fc from "fast-check";
import {
  type ChangingContent,
  filesOfContent,
  type HolderContent,
  type ModuleContent,
} from "../oracles/content-oracle.ts";
import type { Sent } from "../oracles/deeds-oracle.ts";
import { faultsOf } from "./catalogs.ts";
import { at } from "./times.ts";

const MODULES = ["a", "b", "c", "d"];
const COURSES = ["x", "y"];
/** A module that no content knows. */
const UNLISTED = "unlisted";
const ANCIENT = "1970-01-01T00:00:00.000Z";

const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });

/** Between the events, at one of them, behind the first ones' receipt, and behind the moment at which content changes. */
const turn = fc.constantFrom("10:02", "10:04", "10:06", "13:00").map(at);
const span = fc
  .tuple(sometimes(turn), sometimes(turn))
  .map(([from, until]) => (from && until && from >= until ? { from } : { from, until }));
const entry = (slugs: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...slugs), fc.constantFrom(true, undefined, undefined), fc.option(span, { nil: {} }))
    .map(([slug, optional, when]) => ({ slug, optional, ...when }));
const entries = (slugs: readonly string[], maxLength: number, minLength = 0) =>
  fc.uniqueArray(entry(slugs), { selector: ({ slug }) => slug, minLength, maxLength });

/** Plain, or with conditions of one kind or of both. */
const moduleContent = (slug: string) =>
  fc
    .record({
      steps: fc.constantFrom([], [], ["s"], ["s", "t"]),
      pass: fc.constantFrom(undefined, undefined, 50, 80),
      from: sometimes(turn),
      isRenamed: fc.boolean(),
    })
    .map(({ isRenamed, ...module }): ModuleContent => ({ ...module, aliases: isRenamed ? [`${slug}-old`] : [] }));
const modules = fc.record(Object.fromEntries(MODULES.map((slug) => [slug, moduleContent(slug)])), { requiredKeys: [] });

const holder = (slugs: readonly string[], isPathway: boolean) =>
  fc
    .record({
      slug: fc.constantFrom(...slugs),
      modules: entries(MODULES, 3, isPathway ? 0 : 1),
      courses: isPathway ? entries(COURSES, 2) : fc.constant(undefined),
      more: sometimes(fc.nat({ max: 3 })),
      isRenamed: fc.boolean(),
      retired: fc.constantFrom(false, false, true),
    })
    .map(({ more, isRenamed, courses, ...one }): HolderContent => {
      const count = one.modules.length + (courses?.length ?? 0);
      return {
        ...one,
        ...(courses && { courses }),
        ...(more !== undefined &&
          count > 0 && { completion: { rule: "at-least" as const, count: 1 + (more % count) } }),
        aliases: isRenamed ? [`${one.slug}-old`] : [],
      };
    });

/** Content that a build takes. */
export const anyContent: fc.Arbitrary<ChangingContent> = fc
  .record({
    modules,
    courses: fc.uniqueArray(holder(COURSES, false), { selector: ({ slug }) => slug, minLength: 1, maxLength: 2 }),
    pathways: fc.array(holder(["p"], true), { maxLength: 1 }),
  })
  .map((drawn): ChangingContent => JSON.parse(JSON.stringify(drawn)))
  .filter((drawn) => faultsOf(filesOfContent(drawn)).length === 0);

/** What changes, and what content it is taken from. */
export type Change = ["title" | "all" | "modules" | "courses" | "pathways", ChangingContent];
export const anyChange: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom("title", "all", "modules", "courses", "pathways"),
  anyContent,
);

/** What content becomes: the same with a title, another, or the same with a part of another, which no build may take. */
export function changed(before: ChangingContent, [what, other]: Change): ChangingContent {
  if (what === "title") return { ...before, courses: before.courses.map((course) => ({ ...course, title: "New" })) };
  return what === "all" ? other : { ...before, [what]: other[what] };
}

const minute = fc.nat({ max: 7 }).map((one) => at(`10:0${one}`));
/** Often of one module, so that its conditions are met, and claimed. */
const event = fc.record({
  kind: fc.constantFrom(
    "mark" as const,
    "mark" as const,
    "step" as const,
    "step" as const,
    "score" as const,
    "enrol" as const,
  ),
  module: fc.constantFrom("a", "a", "a", "b", ...MODULES, UNLISTED),
  course: fc.constantFrom(...COURSES),
  byAlias: fc.constantFrom(false, false, true),
  step: fc.constantFrom("s", "s", "s", "t"),
  score: fc.constantFrom(40, 60, 90, 90),
  ts: fc.oneof(
    { weight: 8, arbitrary: minute },
    { weight: 1, arbitrary: fc.constantFrom(undefined, ANCIENT) },
    { weight: 1, arbitrary: fc.constant(at("13:30")) },
  ),
  own: fc.boolean(),
  id: fc.constantFrom(undefined, "e1", "e2"),
});

const again = fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat() });

/**
 * Events in order of their receipt, at one of these moments each; one of five is one of those before it, sent again.
 * Those that differ may have one id, and a time of their own may be missing, too old or ahead.
 */
export const anyEvents = (received: readonly string[], maxLength: number): fc.Arbitrary<Sent[]> =>
  fc.array(fc.record({ sent: event, receivedAt: fc.constantFrom(...received), again }), { maxLength }).map((drawn) => {
    const inOrder = drawn.sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : Number(a.receivedAt > b.receivedAt)));
    const sent: Sent[] = [];
    for (const { sent: one, receivedAt, again } of inOrder) {
      const earlier = again === undefined ? undefined : sent[again % Math.max(1, sent.length)];
      sent.push({ ...(earlier ?? one), receivedAt });
    }
    return sent;
  });

/** An event as it goes over the wire. */
export function wireOf({ kind, module, course, byAlias, step, score, ts, id }: Sent, learner: string) {
  const suffix = byAlias ? "-old" : "";
  const module_slug = `${module}${suffix}`;
  const of = {
    enrol: ["course_enrolled", { course_slug: `${course}${suffix}` }],
    mark: ["module_completed", { module_slug }],
    step: ["module_progressed", { module_slug, step }],
    score: ["task_submitted", { module_slug, task_slug: "quiz", score }],
  } as const;
  const [eventName, payload] = of[kind];
  return {
    eventName: `learning_${eventName}`,
    contactIdentifier: { contactId: learner },
    ...(id !== undefined && { eventId: id }),
    payload: { ...payload, ...(ts !== undefined && { ts }) },
  };
}
