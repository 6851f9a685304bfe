import { beforeEach, describe, expect, it } from "vitest";
import { explanationJson } from "../../../src/api/explanation-json.ts";
import { Explanation } from "../../../src/contract/index.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { type Life, lifeOf, moment } from "../../support/builders/life.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";

const open = sqliteStore();
const catalog = catalogOf({
  "courses/ruby.json": {
    slug: "ruby",
    modules: ["strings", { slug: "extras", optional: true }],
    valid_for: "P1Y",
    renew_from: "P30D",
  },
  "courses/exam.json": { slug: "exam", modules: ["paper"] },
  "pathways/dev.json": { slug: "dev", courses: ["ruby", "exam"], modules: ["strings"] },
  "modules/strings/completion.json": { aliases: ["strings-old"] },
  "modules/paper/completion.json": { completion_tasks: [{ task_slug: "quiz", task_type: "quiz", passing_score: 50 }] },
  "modules/paper/quiz.json": {
    feedback: "none",
    questions: [{ id: "q1", type: "single", options: ["a", "b"], correct_answer: "a" }],
  },
});
let number = 0;
let life: Life;
beforeEach(() => {
  life = lifeOf(open().store, catalog, `learner-${++number}`);
});

const WHEN = "2024-06-01";
const explained = async (type: "course" | "pathway", slug: string, told: "all" | typeof catalog = "all") =>
  Explanation.parse(explanationJson((await life.holder(type, slug, WHEN)).explain(), told));
const facts = (explanation: Explanation) =>
  explanation.facts.map(({ slug, fact, at, void: isVoid }) => [
    slug,
    fact,
    at.slice(0, 10),
    ...(isVoid ? ["void"] : []),
  ]);

describe("an explanation", () => {
  it("has every fact of the entity and of what it lists in order of time, also of its old slug, and none of others", async () => {
    await life.mark("extras", "2024-01-03");
    await life.mark("strings-old", "2024-01-02");
    await life.send("course_enrolled", "2024-01-01", { course_slug: "ruby" });
    await life.score("paper", "quiz", 80, "2024-01-01");
    expect(facts(await explained("course", "ruby"))).toEqual([
      ["ruby", "enrolled", "2024-01-01"],
      ["strings", "mark", "2024-01-02"],
      ["extras", "mark", "2024-01-03"],
    ]);
  });

  it("of a pathway has the facts of its courses' modules, each once", async () => {
    await life.mark("strings", "2024-01-02");
    await life.score("paper", "quiz", 80, "2024-01-03");
    expect(facts(await explained("pathway", "dev"))).toEqual([
      ["strings", "mark", "2024-01-02"],
      ["paper", "task", "2024-01-03"],
    ]);
  });

  it("tells a claim, and the moment of the facts beside the moment that it gave", async () => {
    await life.mark("strings", "2024-01-02T10:00:00Z");
    await life.send("course_completed", "2024-01-02T10:03:00Z", { course_slug: "ruby" });
    const { terms, facts: told } = await explained("course", "ruby");
    expect(told.map(({ fact }) => fact)).toEqual(["mark", "claim"]);
    expect(terms).toEqual([
      {
        opens_at: null,
        inferred_at: "2024-01-02T10:00:00.000Z",
        completed_at: "2024-01-02T10:03:00.000Z",
        expires_at: "2025-01-02T10:03:00.000Z",
        next_opens_at: "2024-12-03T10:03:00.000Z",
        waived_by: null,
        ended_at: "2025-01-02T10:03:00.000Z",
        ended_by: "expired",
      },
    ]);
  });

  it("marks what is void, and has the decisions about it alone, with who decided and why", async () => {
    await life.mark("strings", "2024-01-02", "e-1");
    await life.decide("event_voided", "2024-01-03", { event_id: "e-1" }, "v-1");
    await life.decide("course_waived", "2024-01-04", { course_slug: "ruby" }, "w-1");
    await life.decide("course_waived", "2024-01-04", { course_slug: "exam" }, "w-2");
    await life.decide("event_voided", "2024-01-05", { event_id: "w-1" }, "v-2");
    const explanation = await explained("course", "ruby");
    expect(facts(explanation)).toEqual([["strings", "mark", "2024-01-02", "void"]]);
    const at = moment("2024-01-03");
    expect(explanation.decisions).toEqual([
      { decision: "void", event_id: "v-1", at, received_at: at, by: "waymark", reason: "because", voids: "e-1" },
      expect.objectContaining({ decision: "waiver", event_id: "w-1", type: "course", slug: "ruby", void: true }),
      expect.objectContaining({ decision: "void", event_id: "v-2", voids: "w-1" }),
    ]);
    expect((await explained("pathway", "dev")).decisions).toHaveLength(4);
  });

  it("names the waiver that gives a term its time", async () => {
    await life.decide("course_waived", "2024-01-04", { course_slug: "ruby" }, "w-1");
    expect((await explained("course", "ruby")).terms).toMatchObject([{ waived_by: "w-1" }]);
  });

  it("has the definition of today, and the one under which the flag was written", async () => {
    await life.mark("strings", "2024-01-02");
    const { definition } = await explained("course", "ruby");
    expect(definition.flag_hash).toBe(definition.hash);
    expect(definition.content).toMatchObject({ slug: "ruby", valid_for: "P1Y" });
    expect(definition.entries.map(({ slug, counted }) => [slug, counted])).toEqual([
      ["strings", true],
      ["extras", false],
    ]);
    expect((await explained("course", "exam")).definition).toMatchObject({ flag_hash: null });
  });

  it("of a module has its results; a score that its quiz does not tell is told to who may read alone", async () => {
    await life.score("paper", "quiz", 80, "2024-01-03");
    const explanation = (await life.module("paper", WHEN)).explain();
    expect(explanationJson(explanation, "all").facts).toMatchObject([{ fact: "task", name: "quiz", value: 80 }]);
    expect(JSON.stringify(explanationJson(explanation, catalog))).not.toContain("80");
    expect((await explained("course", "exam", catalog)).facts[0]?.value).toBeUndefined();
  });
});
