import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { settleForBackfill } from "../../src/service/jobs/settle-for-run.ts";
import { NOW } from "../support/builders/arbitraries.ts";
import { catalogOf, faultsOf } from "../support/builders/catalogs.ts";
import { ingestUnder } from "../support/builders/ingest.ts";
import { at } from "../support/builders/times.ts";
import {
  type ChangingContent,
  type Deed,
  filesOfContent,
  type HolderContent,
  isKnownModule,
  meantBy,
  type Standing,
  standingUnder,
} from "../support/oracles/content-oracle.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const open = sqliteStore();
const RECEIVED = new Date(NOW).toISOString();
const MODULES = ["a", "b", "c", "d"];
const COURSES = ["x", "y"];

// Between the events, at one of them, and behind the moment of asking.
const turn = fc.constantFrom("10:02", "10:04", "10:06", "13:00").map(at);
const optional = <T>(arbitrary: fc.Arbitrary<T>, freq = 2) => fc.option(arbitrary, { nil: undefined, freq });
const span = fc
  .tuple(optional(turn, 1), optional(turn, 1))
  .map(([from, until]) => (from && until && from >= until ? { from } : { from, until }));
const entry = (slugs: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...slugs), fc.constantFrom(true, undefined, undefined), optional(span, 1))
    .map(([slug, isOptional, when]) => ({ slug, optional: isOptional, ...when }));
const entries = (slugs: readonly string[], maxLength: number, minLength = 0) =>
  fc.uniqueArray(entry(slugs), { selector: ({ slug }) => slug, minLength, maxLength });

const moduleContent = fc.record({
  steps: fc.constantFrom([], [], ["s"], ["s", "t"]),
  from: optional(turn, 1),
  isRenamed: fc.boolean(),
});
const drawnModules = fc
  .record(Object.fromEntries(MODULES.map((slug) => [slug, optional(moduleContent)])))
  .map((drawn): ChangingContent["modules"] =>
    Object.fromEntries(
      Object.entries(drawn).flatMap(([slug, module]) =>
        module
          ? [[slug, { steps: module.steps, from: module.from, aliases: module.isRenamed ? [`${slug}-old`] : [] }]]
          : [],
      ),
    ),
  );
const holder = (slugs: readonly string[], isPathway: boolean) =>
  fc
    .record({
      slug: fc.constantFrom(...slugs),
      modules: entries(MODULES, 3, isPathway ? 0 : 1),
      courses: isPathway ? entries(COURSES, 2) : fc.constant(undefined),
      more: optional(fc.nat({ max: 3 })),
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
const content = fc
  .record({
    modules: drawnModules,
    courses: fc.uniqueArray(holder(COURSES, false), { selector: ({ slug }) => slug, minLength: 1, maxLength: 2 }),
    pathways: fc.array(holder(["p"], true), { maxLength: 1 }),
  })
  .map((drawn): ChangingContent => JSON.parse(JSON.stringify(drawn)))
  .filter((drawn) => faultsOf(filesOfContent(drawn)).length === 0);

/** What comes after: nothing new, a title, all of it, or one of its parts. */
const change = fc.tuple(fc.constantFrom("title", "all", "modules", "courses", "pathways"), content);
function changed(before: ChangingContent, what: string, other: ChangingContent): ChangingContent {
  if (what === "title") return { ...before, courses: before.courses.map((course) => ({ ...course, title: "New" })) };
  return what === "all" ? other : { ...before, [what]: other[what as keyof ChangingContent] };
}

const event = fc.record({
  kind: fc.constantFrom("mark", "mark", "step", "enrol"),
  module: fc.constantFrom(...MODULES, "unlisted"),
  course: fc.constantFrom(...COURSES),
  byAlias: fc.boolean(),
  step: fc.constantFrom("s", "t"),
  minute: fc.nat({ max: 7 }),
  own: fc.boolean(),
});
type Drawn = typeof event extends fc.Arbitrary<infer T> ? T : never;

/** What an event states under content; undefined where it is a claim, which the other properties try. */
function deedOf(
  content: ChangingContent,
  { kind, module: named, byAlias, step, minute, own }: Drawn,
): Deed | undefined {
  const name = byAlias ? `${named}-old` : named;
  const module = meantBy(content, "module", name);
  const time = at(`10:0${minute}`);
  if (kind === "step") return { kind: "step", module, step, at: time };
  const { steps, from } = content.modules[module] ?? { steps: [] };
  const moment = own ? RECEIVED : time;
  if (steps.length > 0 && (from === undefined || from <= moment)) return undefined;
  return { kind: "mark", module, at: time, receivedAt: RECEIVED, own, known: isKnownModule(content, module) };
}

function sent({ kind, module, course, byAlias, step, minute }: Drawn, learner: string) {
  const ts = at(`10:0${minute}`);
  const suffix = byAlias ? "-old" : "";
  const of = (eventName: string, payload: object) => ({
    eventName: `learning_${eventName}`,
    contactIdentifier: { contactId: learner },
    payload: { ...payload, ts },
  });
  if (kind === "enrol") return of("course_enrolled", { course_slug: `${course}${suffix}` });
  const module_slug = `${module}${suffix}`;
  return kind === "step" ? of("module_progressed", { module_slug, step }) : of("module_completed", { module_slug });
}

/** The times of the flags that a store holds, under today's slugs. */
async function flagged(learner: string, content: ChangingContent): Promise<Standing> {
  const { progress } = await open().store.read(learner);
  const flags: Standing = {};
  for (const kind of ["module", "course", "pathway"] as const)
    for (const [slug, { flag }] of progress[kind])
      if (flag) flags[`${kind}/${kind === "pathway" ? slug : meantBy(content, kind, slug)}`] = flag.completedAt;
  return flags;
}
const known = (standing: Standing) =>
  Object.fromEntries(Object.entries(standing).filter(([, time]) => time !== undefined));

const courseOf = (module: string): HolderContent => ({
  slug: "x",
  modules: [{ slug: module }],
  aliases: [],
  retired: false,
});
const renamedWithoutSteps = (markedAt: number): [ChangingContent, Drawn[], [string, ChangingContent]] => {
  const drawn = { module: "d", course: "x", step: "s", own: false } as const;
  const others = { courses: [courseOf("d")], pathways: [] };
  return [
    { modules: { d: { steps: ["s"], aliases: [] } }, ...others },
    [
      { ...drawn, kind: "step", byAlias: false, minute: 3 },
      { ...drawn, kind: "mark", byAlias: true, minute: markedAt },
    ],
    ["all", { modules: { d: { steps: [], aliases: ["d-old"] } }, ...others }],
  ];
};

it("whatever is in force, renamed, retired or unknown, and however content changes, flags are what the facts say", async () => {
  const property = fc.asyncProperty(
    content,
    fc.array(event, { maxLength: 10 }),
    change,
    async (before, drawn, [what, other]) => {
      const { store } = open();
      const learner = `learner-${randomUUID()}`;
      const backfill = (under: ChangingContent) => {
        const catalog = catalogOf(filesOfContent(under)).at(RECEIVED);
        const how = { catalog, revoke: true, revokeUnknown: false, dryRun: false, recordedAt: RECEIVED };
        return settleForBackfill(store, how, learner, { intended: new Map(), announce() {} });
      };
      const ingest = ingestUnder(store, catalogOf(filesOfContent(before)));
      const deeds: Deed[] = [];
      for (const one of drawn) {
        const deed = one.kind === "enrol" ? undefined : deedOf(before, one);
        if (one.kind !== "enrol" && deed === undefined) continue;
        const [result] = await ingest([sent(one, learner)], one.own ? { learnerId: learner } : undefined);
        if (one.kind !== "enrol") expect(result?.error).toBeUndefined();
        if (deed) deeds.push(deed);
      }
      await backfill(before);
      const first = standingUnder(before, deeds, RECEIVED);
      expect(await flagged(learner, before)).toEqual(known(first));
      expect(await backfill(before)).toEqual({ kind: "right" });

      const after = changed(before, what, other);
      if (faultsOf(filesOfContent(after)).length > 0) return;
      await backfill(after);
      const renamed = deeds.map((deed) => ({ ...deed, module: meantBy(after, "module", deed.module) }));
      const second = standingUnder(after, renamed, RECEIVED, { content: before, standing: first });
      expect(await flagged(learner, after)).toEqual(known(second));
      if (what === "title") expect(known(second)).toEqual(known(first));
      expect(await backfill(after)).toMatchObject({ kind: expect.stringMatching(/right|unknown/) });
    },
  );
  // A module that is flagged by its steps, loses them, and takes over what was marked under a name that meant nothing.
  await holds(property, RUNS.sqlite.history, { examples: [renamedWithoutSteps(1), renamedWithoutSteps(5)] });
});
