import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { canonicalJson } from "../../../src/model/canonical-json.ts";
import { toTimestamp } from "../../../src/model/time.ts";
import type { Item } from "../../../src/store/items.ts";
import { NOW } from "../../support/builders/arbitraries.ts";
import { catalogOf, faultsOf } from "../../support/builders/catalogs.ts";
import { anyRecord } from "../../support/builders/record-arbitraries.ts";
import { expectedOf, type Fact } from "../../support/oracles/oracle.ts";
import {
  expectedModule,
  filesOf,
  isGatedIn,
  type Mark,
  type RecordContent,
  type Statement,
  statedIn,
} from "../../support/oracles/record-oracle.ts";
import {
  backfillToEnd,
  putRows,
  type Row,
  type RunSetup,
  rollback,
  scannerOf,
} from "../../support/processes/backfill.ts";
import { describePropertyStores, type StoreUnderTest } from "../../support/processes/stores.ts";
import { holds } from "../../support/vitest/property.ts";

let opened: StoreUnderTest;

const SLUGS = ["a", "b", "c"] as const;
const time = fc.nat({ max: 11 }).map((minute) => toTimestamp(Date.parse("2026-01-18T10:00:00Z") + minute * 60_000));

/** A flag that somebody left, right or wrong; without a time it is a cleared one. */
type Left = { entity: string; completedAt: string | undefined; claimedAt: string | undefined; older: boolean };

const someLeft: fc.Arbitrary<Left[]> = fc.uniqueArray(
  fc.record({
    entity: fc.constantFrom(...SLUGS.map((slug) => `module/${slug}`), "module/z", "course/a", "pathway/a"),
    completedAt: fc.option(time, { nil: undefined, freq: 5 }),
    claimedAt: fc.option(time, { nil: undefined, freq: 2 }),
    older: fc.constantFrom(false, false, true),
  }),
  { selector: ({ entity }) => entity, maxLength: 4 },
);

type Case = {
  content: RecordContent;
  statements: Statement[];
  /** Modules that were marked complete, maybe before they had conditions. */
  marked: { slug: string; completedAt: string }[];
  left: Left[];
};

const anyCase: fc.Arbitrary<Case> = fc
  .record({
    drawn: anyRecord({ modules: 3, courses: 2, pathways: 2, maxLength: 12 }),
    marked: fc.uniqueArray(fc.record({ slug: fc.constantFrom(...SLUGS), completedAt: time }), {
      selector: ({ slug }) => slug,
      maxLength: 2,
    }),
    left: someLeft,
  })
  .map(({ drawn: { content, events }, marked, left }) => ({
    content,
    statements: events.map((event) => statedIn(content, event, toTimestamp(NOW))),
    // One time stands in an item: that of its flag, where it has one.
    marked: marked.filter(
      ({ slug }) => !left.some(({ entity, completedAt }) => completedAt && entity === `module/${slug}`),
    ),
    left,
  }))
  // Not every catalog that is drawn loads: nobody could complete what asks for nothing.
  .filter(({ content }) => faultsOf(filesOf(content)).length === 0);

const keyOf = (entity: string) => entity.replace(/^(\w+)\//, (_, type: string) => `${type.toUpperCase()}#`);

const marksOf = ({ statements }: Case) => statements.flatMap(({ marks }) => marks);
const flagIn = ({ left }: Case, entity: string) =>
  left.find((flag) => flag.entity === entity && flag.completedAt !== undefined);

/** When a module was first marked complete. */
const markedAt = ({ content, statements, marked, ...drawn }: Case, slug: string): string | undefined =>
  flagIn({ content, statements, marked, ...drawn }, `module/${slug}`)
    ? undefined
    : [
        ...marked.flatMap((mark) => (mark.slug === slug ? mark.completedAt : [])),
        ...statements.flatMap(({ facts }) =>
          facts.flatMap(({ entity, time, at }) => (entity === `module/${slug}` && time === "completedAt" ? at : [])),
        ),
      ].sort()[0];

/** The learner's items as they lie in the table, with every result that was ever stated. */
function rowsOf(drawn: Case, learner: string): Row[] {
  const { content, statements, left } = drawn;
  const { version } = catalogOf(filesOf(content));
  const items = new Map<string, Item>();
  const item = (entity: string) => {
    const known = items.get(entity) ?? {};
    items.set(entity, known);
    return known;
  };
  for (const { module, list, key, at, value } of marksOf(drawn)) {
    const attributes = item(`module/${module}`);
    attributes[list] = new Set(attributes[list] as Set<string>).add(`${at}#${value}#${key}`);
  }
  const { facts } = expectedOf(
    content,
    statements.flatMap((statement) => statement.facts),
    [],
  );
  for (const [entity, { enrolledAt, enrollmentSource, startedAt, recommendedAt }] of Object.entries(facts)) {
    const times = { enrolled_at: enrolledAt, enrollment_source: enrollmentSource, started_at: startedAt };
    for (const [name, value] of Object.entries({ ...times, recommended_at: recommendedAt }))
      if (value !== undefined) item(entity)[name] = value;
  }
  for (const { entity, completedAt, claimedAt, older } of left)
    Object.assign(
      item(entity),
      completedAt === undefined
        ? { completed: false }
        : {
            completed: true,
            completed_at: completedAt,
            completion_source: "inferred",
            ...(claimedAt !== undefined && { claimed_at: claimedAt }),
            recorded_at: "2026-01-18T11:59:00.000Z",
            catalog_version: older ? "older" : version,
            event_id: "left",
          },
    );
  for (const slug of modulesOf(drawn)) {
    const completedAt = markedAt(drawn, slug);
    if (completedAt !== undefined) item(`module/${slug}`).completed_at = completedAt;
  }
  return [...items].map(([entity, attributes]) => [learner, keyOf(entity), attributes]);
}

const modulesOf = ({ content, statements, left }: Case): Set<string> =>
  new Set([
    ...content.modules.map(({ slug }) => slug),
    ...left.flatMap(({ entity }) => (entity.startsWith("module/") ? entity.slice("module/".length) : [])),
    ...statements.flatMap(({ facts, marks }) => [
      ...facts.flatMap(({ entity }) => (entity.startsWith("module/") ? entity.slice("module/".length) : [])),
      ...marks.map(({ module }) => module),
    ]),
  ]);

/** Whether the content has an entity: a module also by a course or pathway that names it. */
function isKnownIn({ modules, courses, pathways }: RecordContent, entity: string): boolean {
  const named = [...courses, ...pathways].flatMap(({ modules: entries = [] }) =>
    entries.map((entry) => (typeof entry === "string" ? entry : entry.slug)),
  );
  return [
    ...[...modules.map(({ slug }) => slug), ...named].map((slug) => `module/${slug}`),
    ...courses.map(({ slug }) => `course/${slug}`),
    ...pathways.map(({ slug }) => `pathway/${slug}`),
  ].includes(entity);
}

/** The time of a flag, and the score in it. */
type Complete = { completedAt: string; cumulativeScore?: number | undefined };

/** What a backfill must leave, told as plainly as possible: flags, and times that modules were marked complete at. */
function expectedAfter(
  drawn: Case,
  revoke: boolean,
): { flags: Record<string, Complete>; marked: Record<string, string> } {
  const { content } = drawn;
  const flags: Record<string, Complete> = {};
  const marked: Record<string, string> = {};
  /** When each module counts as completed in a course or pathway. */
  const counted: Fact[] = [];
  for (const slug of modulesOf(drawn)) {
    const entity = `module/${slug}`;
    const fact = markedAt(drawn, slug);
    const stored = flagIn(drawn, entity);
    const asStored = stored?.completedAt === undefined ? undefined : { completedAt: stored.completedAt };
    if (!isKnownIn(content, entity)) {
      // What has no file is left as it is, whatever else is so.
      if (asStored) flags[entity] = asStored;
      if (fact !== undefined) marked[entity] = fact;
      continue;
    }
    const count = (at: string | undefined) => {
      if (at !== undefined) counted.push({ entity, time: "completedAt", at });
    };
    if (stored === undefined && fact !== undefined && !isGatedIn(content, slug)) {
      marked[entity] = fact;
      count(fact);
      continue;
    }
    const own = marksOf(drawn).filter(({ module }: Mark) => module === slug);
    const { flag } = expectedModule(content, slug, own, fact, stored?.claimedAt);
    // A module without conditions is complete by a mark alone, and an accepted claim is one.
    const claimed = stored?.claimedAt === undefined ? undefined : { completedAt: stored.claimedAt };
    const earned: Complete | undefined = isGatedIn(content, slug)
      ? flag && { completedAt: flag.completedAt, cumulativeScore: flag.cumulativeScore }
      : claimed;
    if (earned) {
      flags[entity] = stored?.older && asStored ? asStored : earned;
      count(flags[entity].completedAt);
    } else if (!revoke && asStored) {
      flags[entity] = asStored;
      // One of an earlier definition counts no more where today's conditions do not bear it out.
      if (!stored?.older) count(asStored.completedAt);
    } else if (!revoke && fact !== undefined) {
      // It was marked when it had no conditions: that stays in the list, and completes nothing.
      marked[entity] = fact;
    }
  }

  // Courses one at a time, since what is left of one counts in a pathway.
  const courseTimes: Fact[] = [];
  const judge = (entity: string, inferredAt: string | undefined) => {
    const stored = flagIn(drawn, entity);
    const claimedAt = stored?.claimedAt;
    const isNear =
      claimedAt !== undefined &&
      inferredAt !== undefined &&
      Math.abs(Date.parse(claimedAt) - Date.parse(inferredAt)) <= 5 * 60_000;
    const kept = inferredAt === undefined ? revoke === false : stored?.older === true;
    const earnedAt = isNear ? claimedAt : inferredAt;
    const completedAt = stored && kept ? stored.completedAt : earnedAt;
    if (completedAt !== undefined) flags[entity] = { completedAt };
    return completedAt;
  };
  const inferred = expectedOf(content, counted, []).states;
  for (const { slug } of content.courses) {
    const at = judge(`course/${slug}`, inferred[`course/${slug}`]?.inferredAt);
    if (at !== undefined) courseTimes.push({ entity: `module/course ${slug}`, time: "completedAt", at });
  }
  // A pathway sees a course as a thing with a time, as it sees a module.
  const asModules = content.pathways.map(({ courses = [], modules = [], ...pathway }) => ({
    ...pathway,
    modules: [
      ...courses.map((entry) =>
        typeof entry === "string" ? `course ${entry}` : { ...entry, slug: `course ${entry.slug}` },
      ),
      ...modules,
    ],
  }));
  const { states } = expectedOf({ courses: [], pathways: asModules }, [...counted, ...courseTimes], []);
  for (const { slug } of content.pathways) judge(`pathway/${slug}`, states[`pathway/${slug}`]?.inferredAt);
  for (const { entity, completedAt } of drawn.left)
    if (!entity.startsWith("module/") && completedAt !== undefined && !isKnownIn(content, entity))
      flags[entity] = { completedAt };
  return { flags, marked };
}

/** Flags, and times that modules without one are marked with, as they are stored. */
async function completeIn(learner: string) {
  const { progress, faults } = await opened.store.read(learner);
  expect(faults).toEqual([]);
  const flags: Record<string, Complete> = {};
  const marked: Record<string, string> = {};
  for (const type of ["module", "course", "pathway"] as const)
    for (const [slug, { facts, flag }] of progress[type]) {
      const { completedAt, cumulativeScore } = flag ?? {};
      if (completedAt !== undefined) flags[`${type}/${slug}`] = { completedAt, cumulativeScore };
      if (facts.completedAt !== undefined) marked[`${type}/${slug}`] = facts.completedAt;
    }
  return { flags, marked };
}

/** A learner's items, byte for byte, whatever the order of keys and sets. */
async function itemsOf(learner: string): Promise<string[]> {
  const plain = (item: Item) =>
    Object.fromEntries(
      Object.entries(item).map(([name, value]) => [name, value instanceof Set ? [...value].sort() : value]),
    );
  return (await opened.raw.items("progress", learner)).map((item) => canonicalJson(plain(item))).sort();
}

/** A backfill of this learner alone, so that runs of a property share a store. */
const backfillOf = (learner: string, content: RecordContent, setup: RunSetup = {}) =>
  backfillToEnd(opened, catalogOf(filesOf(content)), {
    scanner: scannerOf(opened, [learner]),
    segments: 1,
    startTime: toTimestamp(NOW),
    ...setup,
  });

describePropertyStores("A backfill of modules, courses and pathways", ({ newStore, runs }) => {
  const open = newStore();
  beforeAll(() => {
    opened = open();
  });

  it("derives them from facts, in one run that a rollback undoes to the byte", async () => {
    const property = fc.asyncProperty(anyCase, fc.boolean(), async (drawn: Case, revoke) => {
      const { content } = drawn;
      const learner = randomUUID();
      await putRows(opened, rowsOf(drawn, learner));
      const before = await itemsOf(learner);

      const untouched = opened.raw.version();
      const would = await backfillOf(learner, content, { revoke, dryRun: true });
      expect(opened.raw.version()).toBe(untouched);
      expect(await itemsOf(learner)).toEqual(before);

      const { changes, failures, summary } = await backfillOf(learner, content, { revoke });
      expect(failures).toEqual([]);
      expect(would.changes).toEqual(changes);
      expect(await completeIn(learner)).toEqual(expectedAfter(drawn, revoke));
      const modules = changes
        .flatMap((learnerChanges) => learnerChanges.changes)
        .filter(({ type }) => type === "module");
      expect(summary.modules_updated).toBe(modules.length);
      for (const { before: was, after, flag_after } of modules)
        if (after && !was) expect(flag_after.completion_source).toBe("backfill");

      const whole = opened.raw.version();
      expect((await backfillOf(learner, content, { revoke })).changes).toEqual([]);
      expect(opened.raw.version()).toBe(whole);

      const undone = await rollback(opened.store, changes);
      expect(undone).toMatchObject({ notUndone: 0, kept: [] });
      expect(await itemsOf(learner)).toEqual(before);
    });
    await holds(property, runs.history);
  });
});
