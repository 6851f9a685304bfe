import { globSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EVENT_NAMES, EVENTS, scopesFor, statementOf } from "../../../src/model/events/index.ts";
import { eventOf, faultyPaths, NEEDED_FIELDS, RECEIVED_AT, rawEvent } from "../../support/builders/events.ts";

const FOLDER = new URL("../../../src/model/events/", import.meta.url);
const said = (name: string, fields: object = {}) =>
  statementOf(eventOf(rawEvent(name, { ...NEEDED_FIELDS[name as keyof typeof NEEDED_FIELDS], ...fields })));

describe("the table of events", () => {
  it("has every event that a file defines, under the name that the file gives", async () => {
    const modules = await Promise.all(
      readdirSync(FOLDER)
        .filter((file) => file !== "index.ts")
        .map((file) => import(new URL(file, FOLDER).href)),
    );
    const defined = modules
      .flatMap((module) => Object.values(module))
      .filter((value): value is { name: string } => typeof value === "object" && "statementOf" in Object(value));
    expect(defined.map(({ name }) => name).sort()).toEqual([...EVENT_NAMES].sort());
    for (const definition of defined) expect(Object.values(EVENTS)).toContain(definition);
  });
});

describe("what an event says", () => {
  it.each([
    ["always", ["pathway_enrolled", "course_enrolled", "module_completed", "course_completed", "pathway_completed"]],
    [
      "always",
      [
        "module_waived",
        "course_waived",
        "pathway_waived",
        "event_voided",
        "course_reset",
        "pathway_reset",
        "identity_linked",
      ],
    ],
    ["on completion", ["module_progressed", "task_submitted", "module_scored"]],
    [
      "never",
      ["module_recommended", "module_started", "page_viewed", "session_started", "session_ended", "item_reviewed"],
    ],
  ])("settles %s: %j", (settles, names) => {
    for (const name of names) expect(said(`learning_${name}`)).toMatchObject({ settles });
  });

  it("follows an enforced order where it is the learner's way through a module", () => {
    const through = ["module_started", "module_progressed", "module_scored", "module_completed", "task_submitted"];
    const beside = ["module_recommended", "page_viewed", "session_started", "item_reviewed"];
    for (const name of through) expect(said(`learning_${name}`)).toMatchObject({ followsOrder: true });
    for (const name of beside) expect(said(`learning_${name}`)).toMatchObject({ followsOrder: false });
  });

  it("of a session or a card goes in one lane with the others of it, and of anything else alone", () => {
    const sessions = ["started", "ended"].map((end) => said(`learning_session_${end}`, { session_id: "s" }).lane);
    expect(new Set(sessions).size).toBe(1);
    expect(said("learning_session_started", { session_id: "t" }).lane).not.toBe(sessions[0]);
    expect(said("learning_item_reviewed", { item_id: "a" }).lane).not.toBe(
      said("learning_item_reviewed", { item_id: "b" }).lane,
    );
    expect(said("learning_task_submitted").lane).toBeUndefined();
  });

  it.each([
    ["a score", { score: 80 }, { of: "task", taskSlug: "quiz-1", isAttested: false }],
    ["an attestation", { score: undefined, attested: true }, { of: "task", taskSlug: "quiz-1", isAttested: true }],
    ["answers, which are graded here", { score: undefined, answers: {} }, undefined],
  ])("asserts a task's result by %s", (_, fields, assertion) => {
    expect(said("learning_task_submitted", fields).assertion).toEqual(assertion);
  });

  it.each(["module", "course", "pathway"])("claims the %s at its time", (type) => {
    const { claim } = said(`learning_${type}_completed`);
    expect(claim).toMatchObject({
      claimed: { type },
      claimedAt: RECEIVED_AT,
      when: type === "module" ? "conditional" : "always",
    });
  });
});

describe("a decision", () => {
  const DECISIONS = Object.values(EVENTS).filter(({ needs }) => needs !== undefined);

  it.each(DECISIONS.map(({ name }) => name))("%s says what it decides and why, and needs a reason", (name) => {
    expect(said(name).decision).toMatchObject({ kind: expect.any(String), reason: expect.any(String) });
    for (const reason of [undefined, "", "   ", "x".repeat(501)])
      expect(faultyPaths(rawEvent(name, { ...NEEDED_FIELDS[name], reason }))).toEqual(["payload.reason"]);
  });

  it("is for who may write for anyone; a new beginning for administrators alone", () => {
    const needed = Object.fromEntries(DECISIONS.map(({ name, needs }) => [name, needs]));
    const write = ["waymark:write", "waymark:admin"];
    expect(needed).toEqual({
      learning_module_waived: write,
      learning_course_waived: write,
      learning_pathway_waived: write,
      learning_attempts_granted: write,
      learning_event_voided: write,
      learning_course_reset: ["waymark:admin"],
      learning_pathway_reset: ["waymark:admin"],
      learning_identity_linked: ["waymark:admin"],
    });
    expect(
      Object.values(EVENTS).filter(({ name, needs }) => (needs === undefined) !== (scopesFor(name) === undefined)),
    ).toEqual([]);
    for (const name of ["toString", "learning_of_nothing", undefined, 1]) expect(scopesFor(name)).toBeUndefined();
  });

  const sent = { as: "imported", completed_at: "2020-01-01T00:00:00Z" };
  it.each<[string, object, string[] | undefined]>([
    ["imported, with its time", sent, undefined],
    ["imported, without its time", { as: "imported" }, ["payload.as"]],
    ["imported, of a time to come", { ...sent, completed_at: "2126-01-01T00:00:00Z" }, ["payload.completed_at"]],
    ["not imported, with a time", { completed_at: sent.completed_at }, ["payload.as"]],
    ["imported and withdrawn", { ...sent, withdrawn: true }, ["payload.as"]],
    ["withdrawn", { withdrawn: true }, undefined],
    ["withdrawn, but not", { withdrawn: false }, ["payload.withdrawn"]],
  ])("of a waiver %s", (_, fields, faulty) => {
    expect(faultyPaths(rawEvent("learning_module_waived", { module_slug: "m", reason: "r", ...fields }))).toEqual(
      faulty,
    );
  });
});

it("stand by name in their own files alone, and where pages and analysts speak of them", () => {
  const names = new RegExp(EVENT_NAMES.join("|"));
  const theirs = ["src/model/events/", "src/client/", "src/pages/", "src/analytics/views/"];
  const naming = globSync("{src,scripts,infra}/**/*.ts", { exclude: ["scripts/tools/**"] })
    .filter((file) => names.test(readFileSync(file, "utf8")))
    .filter((file) => !theirs.some((folder) => file.startsWith(folder)));
  expect(naming).toEqual([]);
});
