import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { createIngest } from "../../../src/service/ingest/ingest.ts";
import { readDataSummary } from "../../../src/service/read/read-records.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { at } from "../../support/builders/times.ts";
import { type Perform, stepwise } from "../../support/fakes/stepwise.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";

const CATALOG = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["first", "diary", "exam"], sequential: true, enforce_order: true },
  "courses/lab.json": { slug: "lab", modules: ["bench"] },
  "modules/exam/completion.json": { steps: ["read"] },
  "modules/bench/completion.json": { steps: ["read"] },
  "modules/trial/completion.json": { steps: ["one", "two"] },
});
const log = { debug() {}, info() {}, warn() {}, error() {} };
const WRITTEN = { text: "what took an hour to write" };

const named = (name: string, fields: object) => ({ eventName: `learning_${name}`, payload: fields });
const completed = (module_slug: string, minute: string) =>
  named("module_completed", { module_slug, completion_data: WRITTEN, ts: at(`10:${minute}`) });
const stepped = (minute: string) =>
  named("module_progressed", { module_slug: "exam", step: "read", ts: at(`10:${minute}`) });

describe("A completion that is refused for now", () => {
  const open = sqliteStore();

  function learner(perform: Perform = (_, action) => action()) {
    const store = stepwise(open().store, perform);
    const learnerId = `learner-${randomUUID()}`;
    const ingest = createIngest({ store, catalog: fixedCatalog(CATALOG), log });
    return {
      send: async (...events: object[]) =>
        (await ingest(events, { learnerId })).map(({ error }) => error?.code ?? "accepted"),
      history: async () => (await store.attempts(learnerId, { limit: 100 })).attempts,
      /** How many completions came with data, of all learners. */
      summed: async (module: string) => (await readDataSummary(store, CATALOG, module, {})).count,
    };
  }

  it.each([
    ["because its module is locked", "diary", "MODULE_LOCKED", [completed("first", "00")]],
    ["because its module is locked, and has conditions", "exam", "MODULE_LOCKED", []],
    [
      "because a step is still under way",
      "exam",
      "COMPLETION_NOT_REACHED",
      [completed("first", "00"), completed("diary", "01")],
    ],
  ] as [string, string, string, object[]][])("%s, is kept with what came with it", async (_, module, code, before) => {
    const { send, history } = learner();
    if (code === "COMPLETION_NOT_REACHED") await send(...before);
    expect(await send(completed(module, "30"))).toEqual([code]);
    expect(await send(completed(module, "30"), completed(module, "30"))).toEqual([code, code]);
    const [kept, ...others] = await history();
    expect(kept).toMatchObject({ kind: "claim", moduleSlug: module, refused: true, code, completionData: WRITTEN });
    expect(others.filter(({ refused }) => refused)).toEqual([]);
  });

  it("takes its own place once it is accepted, with the data that count from then on", async () => {
    const { send, history, summed } = learner();
    const before = await summed("diary");
    expect(await send(completed("diary", "30"))).toEqual(["MODULE_LOCKED"]);
    expect(await summed("diary")).toBe(before);
    expect(await send(completed("first", "00"), completed("diary", "30"))).toEqual(["accepted", "accepted"]);
    expect(await history()).toMatchObject([
      { kind: "completion", moduleSlug: "diary", completionData: WRITTEN },
      { kind: "completion", moduleSlug: "first" },
    ]);
    expect((await history())[0]).not.toHaveProperty("refused");
    expect(await summed("diary")).toBe(before + 1);
  });

  it("stays so in its batch, though a later claim of the batch is looked at twice", async () => {
    const { send, history } = learner();
    const claim = named("course_completed", { course_slug: "lab", ts: at("10:00") });
    const read = named("module_progressed", { module_slug: "bench", step: "read", ts: at("10:00") });
    const done = named("module_completed", { module_slug: "bench", ts: at("10:01") });
    expect(await send(claim, read, done)).toEqual(["COMPLETION_NOT_REACHED", "accepted", "accepted"]);
    expect(await history()).toMatchObject([
      { kind: "claim", moduleSlug: "bench" },
      { kind: "claim", courseSlug: "lab", refused: true, code: "COMPLETION_NOT_REACHED" },
    ]);
    expect(await send(claim)).toEqual(["accepted"]);
  });

  it("is kept with the reason of its first place, whichever of a batch's places is written first", async () => {
    let isHeld = false;
    const { send, history } = learner(async (call, action) => {
      if ((call === "addAttempt" || call === "refuseClaim") && !isHeld) {
        isHeld = true;
        for (let turn = 0; turn < 50; turn++) await setImmediate();
      }
      return action();
    });
    const claim = named("module_completed", { module_slug: "trial", ts: at("10:01") });
    const step = named("module_progressed", { module_slug: "trial", step: "one", ts: at("10:01") });
    const refused = "COMPLETION_NOT_REACHED";
    expect(await send(claim, step, claim)).toEqual([refused, "accepted", refused]);
    expect(await history()).toMatchObject([{ reason: "Module not actually complete: 0/2 conditions met" }]);
  });

  it.each([
    ["a step of a locked module", [stepped("30")], ["MODULE_LOCKED"]],
    ["a start of a locked module", [named("module_started", { module_slug: "exam" })], ["MODULE_LOCKED"]],
    ["a claim of a course that nobody knows", [named("course_completed", { course_slug: "no" })], ["UNKNOWN_COURSE"]],
  ])("is alone kept so: not %s", async (_, events, codes) => {
    const { send, history } = learner();
    expect(await send(...events)).toEqual(codes);
    expect(await history()).toEqual([]);
  });
});
