import { NumberValue } from "@aws-sdk/lib-dynamodb";
import { beforeEach, expect, it } from "vitest";
import type { EntityRef } from "../../src/model/entity.ts";
import type { Facts } from "../../src/model/progress.ts";
import { describeEachStore, type StoreUnderTest } from "../support/processes/stores.ts";
import { expectCommands, forgetCalls, newLearner, putRaw, rawItem } from "./raw-items.ts";

const MODULE: EntityRef = { type: "module", slug: "strings" };
const COURSE: EntityRef = { type: "course", slug: "ruby" };

const EARLY = "2026-01-18T10:00:00.000Z";
const NOON = "2026-01-18T12:00:00.000Z";
const LATE = "2026-01-18T14:00:00.000Z";

describeEachStore("addFacts", (open) => {
  let opened: StoreUnderTest;
  let learner: string;

  beforeEach(() => {
    opened = open();
    learner = newLearner();
    forgetCalls(opened);
  });

  it("makes an item that holds the facts and nothing else, and says that there were none", async () => {
    expect(await opened.store.addFacts(learner, MODULE, { completedAt: NOON })).toEqual({ facts: {} });
    expectCommands(opened, ["UpdateItem"]);
    expect(await rawItem(opened, learner, "MODULE#strings")).toEqual({ completed_at: NOON });
  });

  it("takes an entity of which nothing is stated, and says what is there", async () => {
    expect(await opened.store.addFacts(learner, COURSE, {})).toEqual({ facts: {} });
    await opened.store.addFacts(learner, COURSE, { startedAt: NOON });
    expect(await opened.store.addFacts(learner, COURSE, {})).toEqual({ facts: { startedAt: NOON } });
    expect(await rawItem(opened, learner, "COURSE#ruby")).toEqual({ started_at: NOON });
  });

  it.each<[string, EntityRef, Facts[], Record<string, unknown>]>([
    [
      "the earliest of three times",
      MODULE,
      [{ startedAt: NOON }, { startedAt: LATE }, { startedAt: EARLY }],
      { started_at: EARLY },
    ],
    [
      "each kind of time for itself",
      MODULE,
      [
        { recommendedAt: LATE },
        { startedAt: NOON },
        { completedAt: EARLY },
        { recommendedAt: NOON, completedAt: LATE },
      ],
      { recommended_at: NOON, started_at: NOON, completed_at: EARLY },
    ],
    [
      "half a second before as earlier, as text it would not be",
      MODULE,
      [{ startedAt: "2026-01-18T10:00:00.500Z" }, { startedAt: EARLY }],
      { started_at: EARLY },
    ],
    [
      "the source of an earlier enrolment that comes late",
      COURSE,
      [
        { enrolledAt: NOON, enrollmentSource: "course_page" },
        { enrolledAt: EARLY, enrollmentSource: "campaign" },
      ],
      { enrolled_at: EARLY, enrollment_source: "campaign" },
    ],
    [
      "no source where the earliest enrolment names none",
      COURSE,
      [
        { enrolledAt: NOON, enrollmentSource: "course_page" },
        { enrolledAt: EARLY, enrollmentSource: null },
      ],
      { enrolled_at: EARLY, enrollment_source: null },
    ],
    [
      "the source of the first enrolment when a later one names another",
      COURSE,
      [
        { enrolledAt: EARLY, enrollmentSource: null },
        { enrolledAt: NOON, enrollmentSource: "course_page" },
      ],
      { enrolled_at: EARLY, enrollment_source: null },
    ],
    [
      "of two enrolments at one moment the one that names its source",
      COURSE,
      [
        { enrolledAt: EARLY, enrollmentSource: null },
        { enrolledAt: EARLY, enrollmentSource: "course_page" },
      ],
      { enrolled_at: EARLY, enrollment_source: "course_page" },
    ],
    [
      "the first receipt of the earliest enrolment",
      COURSE,
      [
        { enrolledAt: NOON, enrollmentSource: null, enrollmentReceipt: `${NOON}#${NOON}` },
        { enrolledAt: EARLY, enrollmentSource: null, enrollmentReceipt: `${EARLY}#${LATE}` },
        { enrolledAt: EARLY, enrollmentSource: null, enrollmentReceipt: `${EARLY}#${NOON}` },
      ],
      { enrolled_at: EARLY, enrollment_source: null, enrollment_receipt: `${EARLY}#${NOON}` },
    ],
    [
      "an earlier start beside an enrolment that stays",
      COURSE,
      [
        { enrolledAt: EARLY, enrollmentSource: "a", startedAt: LATE },
        { enrolledAt: NOON, enrollmentSource: "b", startedAt: NOON },
      ],
      { enrolled_at: EARLY, enrollment_source: "a", started_at: NOON },
    ],
  ])("keeps %s, in whatever order they come", async (_, entity, statements, expected) => {
    const key = `${entity.type.toUpperCase()}#${entity.slug}`;
    for (const facts of statements) await opened.store.addFacts(learner, entity, facts);
    expect(await rawItem(opened, learner, key)).toEqual(expected);

    const other = newLearner();
    for (const facts of statements.toReversed()) await opened.store.addFacts(other, entity, facts);
    expect(await rawItem(opened, other, key)).toEqual(expected);
  });

  it("changes nothing when it is repeated, with one write", async () => {
    const facts = { enrolledAt: NOON, enrollmentSource: "course_page", startedAt: NOON };
    await opened.store.addFacts(learner, COURSE, facts);
    forgetCalls(opened);

    expect(await opened.store.addFacts(learner, COURSE, facts)).toEqual({ facts });
    expectCommands(opened, ["UpdateItem"]);
    expect(await rawItem(opened, learner, "COURSE#ruby")).toEqual({
      enrolled_at: NOON,
      enrollment_source: "course_page",
      started_at: NOON,
    });
  });

  it("takes a second write for an earlier time, and says what was there before it", async () => {
    await opened.store.addFacts(learner, MODULE, { completedAt: NOON });
    forgetCalls(opened);
    expect(await opened.store.addFacts(learner, MODULE, { completedAt: EARLY })).toEqual({
      facts: { completedAt: NOON },
    });
    expectCommands(opened, ["UpdateItem", "UpdateItem"]);
  });

  it("needs one write for a later time", async () => {
    await opened.store.addFacts(learner, MODULE, { completedAt: NOON });
    forgetCalls(opened);
    expect(await opened.store.addFacts(learner, MODULE, { completedAt: LATE })).toEqual({
      facts: { completedAt: NOON },
    });
    expectCommands(opened, ["UpdateItem"]);
  });

  it("leaves a flag alone that is on the same item", async () => {
    const flag = {
      completed: true,
      completed_at: NOON,
      completion_source: "inferred",
      recorded_at: LATE,
      catalog_version: "1",
    };
    await putRaw(opened, learner, "COURSE#ruby", { ...flag, enrolled_at: LATE, enrollment_source: "late" });
    await opened.store.addFacts(learner, COURSE, { enrolledAt: EARLY, enrollmentSource: "early" });
    expect(await rawItem(opened, learner, "COURSE#ruby")).toEqual({
      ...flag,
      enrolled_at: EARLY,
      enrollment_source: "early",
    });
  });

  it("ends with the earliest of many times that arrive at once", async () => {
    const times = Array.from({ length: 20 }, (_, second) => `2026-01-18T10:00:${String(second).padStart(2, "0")}.000Z`);
    await Promise.all(
      times
        .toReversed()
        .map((at) => opened.store.addFacts(learner, COURSE, { enrolledAt: at, enrollmentSource: `source ${at}` })),
    );
    expect(await rawItem(opened, learner, "COURSE#ruby")).toEqual({
      enrolled_at: times[0],
      enrollment_source: `source ${times[0]}`,
    });
  });

  // An index key of another type than text is refused by DynamoDB itself; other attributes may hold anything.
  it.each<[string, EntityRef, Record<string, unknown>, Facts, Record<string, unknown>]>([
    ["a word for a time", MODULE, { completed_at: "yesterday" }, { completedAt: NOON }, { completed_at: NOON }],
    [
      "a word that sorts before every time",
      MODULE,
      { completed_at: "!" },
      { completedAt: NOON },
      { completed_at: NOON },
    ],
    [
      "a time without milliseconds",
      MODULE,
      { started_at: "2026-01-18T09:00:00Z" },
      { startedAt: NOON },
      { started_at: NOON },
    ],
    [
      "a day that does not exist",
      MODULE,
      { started_at: "2025-02-30T09:00:00.000Z" },
      { startedAt: NOON },
      { started_at: NOON },
    ],
    ["a number", MODULE, { started_at: 1_768_730_400 }, { startedAt: NOON }, { started_at: NOON }],
    ["a number too large for a double", MODULE, { started_at: 2n ** 100n }, { startedAt: NOON }, { started_at: NOON }],
    [
      "a number with more digits than a double",
      MODULE,
      { started_at: NumberValue.from("0.1234567890123456789") },
      { startedAt: NOON },
      { started_at: NOON },
    ],
    [
      "a number that is no integer and too large for a double",
      MODULE,
      { started_at: NumberValue.from("9007199254740993.5") },
      { startedAt: NOON },
      { started_at: NOON },
    ],
    ["null", MODULE, { started_at: null }, { startedAt: NOON }, { started_at: NOON }],
    ["a list", MODULE, { started_at: [EARLY] }, { startedAt: NOON }, { started_at: NOON }],
    ["a map", MODULE, { started_at: { at: EARLY } }, { startedAt: NOON }, { started_at: NOON }],
    ["a set", MODULE, { started_at: new Set([EARLY]) }, { startedAt: NOON }, { started_at: NOON }],
    ["a set of numbers", MODULE, { started_at: new Set([1, 2]) }, { startedAt: NOON }, { started_at: NOON }],
    ["bytes", MODULE, { started_at: Buffer.from(EARLY) }, { startedAt: NOON }, { started_at: NOON }],
    [
      "an enrolment that has no time",
      COURSE,
      { enrollment_source: "nobody knows" },
      { enrolledAt: NOON, enrollmentSource: "course_page" },
      { enrolled_at: NOON, enrollment_source: "course_page" },
    ],
    [
      "a number as the source of an enrolment",
      COURSE,
      { enrolled_at: NOON, enrollment_source: 7 },
      { enrolledAt: NOON, enrollmentSource: "course_page" },
      { enrolled_at: NOON, enrollment_source: "course_page" },
    ],
  ])("overwrites %s with a real fact", async (_, entity, stored, facts, expected) => {
    const key = `${entity.type.toUpperCase()}#${entity.slug}`;
    await putRaw(opened, learner, key, { ...stored, note: "kept" });
    await opened.store.addFacts(learner, entity, facts);
    expect(await rawItem(opened, learner, key)).toEqual({ ...expected, note: "kept" });
  });

  it("leaves a faulty attribute alone of which the facts say nothing", async () => {
    await putRaw(opened, learner, "MODULE#strings", { started_at: 7 });
    await opened.store.addFacts(learner, MODULE, { completedAt: NOON });
    expect(await rawItem(opened, learner, "MODULE#strings")).toEqual({ started_at: 7, completed_at: NOON });
  });

  it.each([
    ["a learner whose id is __proto__", "__proto__", "strings"],
    ["a learner whose id is in another script", "学習者 😀", "strings"],
    ["a learner with the longest id", "é".repeat(256), "strings"],
    ["a module named constructor", "somebody", "constructor"],
    ["a module with the longest name", "somebody", "m".repeat(200)],
  ])("keeps the facts of %s", async (_, id, slug) => {
    await opened.store.addFacts(id, { type: "module", slug }, { completedAt: NOON });
    expect((await opened.store.read(id)).progress.module.get(slug)?.facts).toEqual({ completedAt: NOON });
  });
});
