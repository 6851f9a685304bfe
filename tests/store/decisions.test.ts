import { beforeEach, expect, it } from "vitest";
import type { Decision } from "../../src/model/decision.ts";
import { at } from "../support/builders/times.ts";
import { describeEachStore, type StoreUnderTest } from "../support/processes/stores.ts";
import { expectCommands, forgetCalls, newLearner, putRaw } from "./raw-items.ts";

const who = { at: at("10:00"), receivedAt: at("10:01"), by: "ada", reason: "Done elsewhere" };
const decisions: Decision[] = [
  { kind: "waiver", entity: { type: "module", slug: "strings" }, eventId: "e-1", identity: "i-1", ...who },
  {
    kind: "waiver",
    entity: { type: "course", slug: "ruby" },
    completedAt: at("09:00"),
    eventId: "e-2",
    identity: "i-2",
    ...who,
  },
  { kind: "waiver", entity: { type: "pathway", slug: "p" }, withdrawn: true, eventId: "e-3", identity: "i-3", ...who },
  { kind: "grant", moduleSlug: "strings", taskSlug: "quiz", count: 2, eventId: "e-4", identity: "i-4", ...who },
  { kind: "void", voids: "e-9", eventId: "e-5", identity: "i-5", ...who },
  { kind: "reset", entity: { type: "course", slug: "ruby" }, eventId: "e-6", identity: "i-6", ...who },
];
const byIdentity = (some: readonly Decision[] = []) => [...some].sort((a, b) => (a.identity < b.identity ? -1 : 1));

describeEachStore("decisions", (open) => {
  let opened: StoreUnderTest;
  let learner: string;
  beforeEach(() => {
    opened = open();
    learner = newLearner();
  });

  it("are kept as they were taken, and read with the learner or alone", async () => {
    for (const decision of decisions) await opened.store.addDecision(learner, decision);
    expect(byIdentity((await opened.store.read(learner)).progress.decisions)).toEqual(decisions);
    expect(byIdentity(await opened.store.decisions(learner))).toEqual(decisions);
  });

  it("are kept once, as they came first, for one write each", async () => {
    const [decision] = decisions as [Decision];
    await opened.store.addDecision(learner, decision);
    forgetCalls(opened);
    await opened.store.addDecision(learner, { ...decision, receivedAt: at("11:00") });
    expectCommands(opened, ["PutItem"]);
    expect(await opened.store.decisions(learner)).toEqual([decision]);
  });

  it("that cannot be believed count as none, and are told", async () => {
    await putRaw(opened, learner, "decision#i-7", { kind: "void", at: "yesterday" });
    const { progress, faults } = await opened.store.read(learner);
    expect(progress.decisions).toBeUndefined();
    expect(faults).toEqual([{ entity: "decision#i-7", reason: expect.stringContaining("event_id is") }]);
  });

  it("stand behind every flag, so that whoever has read a flag has read what was decided before it", async () => {
    await opened.store.addFacts(learner, { type: "pathway", slug: "zzz" }, { startedAt: at("10:00") });
    await opened.store.keepView(learner, { contentType: "module", slug: "m", viewedAt: at("10:00") });
    await opened.store.addDecision(learner, decisions[0] as Decision);
    const { items } = await opened.store.itemsPage(learner, "progress");
    expect(items.map(({ entity }) => entity)).toEqual(["PATHWAY#zzz", "PROFILE", "decision#i-1"]);
  });
});
