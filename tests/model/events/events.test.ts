import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EVENT_NAMES, EVENTS, statementOf } from "../../../src/model/events/index.ts";
import { eventOf, NEEDED_FIELDS, RECEIVED_AT, rawEvent } from "../../support/builders/events.ts";

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
