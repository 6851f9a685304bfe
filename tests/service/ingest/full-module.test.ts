import { beforeEach, expect, it } from "vitest";
import { MAX_RESULTS } from "../../../src/model/result.ts";
import { MAX_REVIEWS } from "../../../src/model/review.ts";
import { sourceOf } from "../../../src/model/source.ts";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { createIngest } from "../../../src/service/ingest/ingest.ts";
import { newLearner, putRaw, rawItem } from "../../store/raw-items.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { at } from "../../support/builders/times.ts";
import { describeStores, type TestStore } from "../../support/processes/stores.ts";

const CATALOG = catalogOf({
  "courses/full.json": { slug: "full", modules: ["only"] },
  "courses/ruby.json": { slug: "ruby", modules: ["strings", "exam"] },
  "modules/exam/completion.json": {
    completion_tasks: [{ task_slug: "quiz", passing_score: 75, max_attempts: 3 }],
  },
});
/** The event that stated what is stored already. */
const STORED = "stored";
const silent = { debug() {}, info() {}, warn() {}, error() {} };

type Fields = Record<string, unknown>;
const event = (name: string, fields: Fields, clock = "10:00") => ({
  eventName: `learning_${name}`,
  payload: { module_slug: "strings", ts: at(clock), ...fields },
});
const step = (name: string, clock?: string) => event("module_progressed", { step: name }, clock);
const task = (slug: string, score = 50) => event("task_submitted", { task_slug: slug, score });
const scores = (names: string[]) => event("module_scored", { scores: Object.fromEntries(names.map((n) => [n, 50])) });

describeStores("A module of which much is stored", (open) => {
  let opened: TestStore;
  let learner: string;
  beforeEach(() => {
    opened = open();
    learner = newLearner();
  });

  const send = async (...events: object[]) => {
    const { store } = opened;
    const catalog = fixedCatalog(CATALOG);
    const ingest = createIngest({ store, catalog, log: silent });
    const sent = events.map((one) => ({ contactIdentifier: { contactId: learner }, ...one }));
    return (await ingest(sent)).map(({ error }) => error?.code ?? "accepted");
  };
  const held = async (name: string) =>
    ((await rawItem(opened, learner, "MODULE#strings"))?.[name] as Set<string>)?.size;
  const kinds = (name: string, count: number) =>
    new Set(
      Array.from(
        { length: count },
        (_, index) => `${at("09:00")}#${name === "steps" ? true : 50}~${sourceOf(STORED)}#${name}-${index}`,
      ),
    );
  const fill = (name: string, count = MAX_RESULTS) =>
    putRaw(opened, learner, "MODULE#strings", { [name]: kinds(name, count) });

  it.each([
    ["steps", step("new"), { ...step("steps-7", "09:00"), eventId: STORED }],
    [
      "tasks",
      task("new"),
      { ...task("tasks-7"), eventId: STORED, payload: { ...task("tasks-7").payload, ts: at("09:00") } },
    ],
    [
      "scores",
      scores(["new"]),
      { ...scores(["scores-7"]), eventId: STORED, payload: { ...scores(["scores-7"]).payload, ts: at("09:00") } },
    ],
  ])("takes %s until it has a thousand, then those that it has", async (name, fresh, known) => {
    await fill(name, MAX_RESULTS - 1);
    expect(await send(fresh)).toEqual(["accepted"]);
    expect(await held(name)).toBe(MAX_RESULTS);
    const another = JSON.parse(JSON.stringify(fresh).replaceAll("new", "newer"));
    expect(await send(another)).toEqual(["MODULE_FULL"]);
    expect(await held(name)).toBe(MAX_RESULTS);
    // Sent again, whether it came in last or long ago.
    expect(await send(fresh)).toEqual(["accepted"]);
    expect(await send(known)).toEqual(["accepted"]);
    // What says less than is stored counts all the same, where what is stored falls away.
    const worse = task("tasks-7", 10);
    if (name === "tasks") expect(await send(worse)).toEqual(["MODULE_FULL"]);
  });

  it("refuses the events alone that do not fit, and takes the others of their batch", async () => {
    await fill("steps", MAX_RESULTS - 2);
    const batch = [step("a", "10:01"), event("module_started", {}), step("b", "10:02"), step("c", "10:03"), task("t")];
    expect(await send(...batch)).toEqual(["accepted", "accepted", "accepted", "MODULE_FULL", "accepted"]);
    expect(await send(...batch)).toEqual(["accepted", "accepted", "accepted", "MODULE_FULL", "accepted"]);
    expect([await held("steps"), await held("tasks")]).toEqual([MAX_RESULTS, 1]);
    expect(await rawItem(opened, learner, "MODULE#strings")).toMatchObject({ started_at: at("10:00") });
  });

  it("takes as many scores as one event and one batch may have, and all of one event or none", async () => {
    const names = (batch: number) => Array.from({ length: 100 }, (_, index) => `s${batch}-${index}`);
    const events = Array.from({ length: 11 }, (_, index) => scores(names(index)));
    const codes = await send(...events);
    expect(codes.filter((code) => code === "accepted")).toHaveLength(10);
    expect(codes.filter((code) => code === "MODULE_FULL")).toHaveLength(1);
    expect(await held("scores")).toBe(MAX_RESULTS);
    expect(await send(...events.filter((_, index) => codes[index] === "accepted"))).toEqual(Array(10).fill("accepted"));
    for (const [index, one] of events.entries()) expect(await send(one)).toEqual([codes[index]]);
  });

  it("takes a batch of every kind of result, first and again", async () => {
    const names = Array.from({ length: 100 }, (_, index) => `${"long-".repeat(30)}${index}`);
    const batch = [
      ...names.slice(0, 49).map((name) => step(name)),
      ...names.slice(0, 50).map((name) => task(name)),
      scores(names),
    ];
    for (let time = 0; time < 2; time++) expect(await send(...batch)).toEqual(Array(100).fill("accepted"));
    expect([await held("steps"), await held("tasks"), await held("scores")]).toEqual([49, 50, 100]);
  });

  it("refuses ever better scores of one task, and keeps what it has", async () => {
    const better = Array.from(
      { length: MAX_RESULTS },
      (_, i) =>
        `2026-01-18T09:${String(Math.floor(i / 60)).padStart(2, "0")}:${String(i % 60).padStart(2, "0")}.000Z#${i / 100}#quiz`,
    );
    await putRaw(opened, learner, "MODULE#strings", { tasks: new Set(better) });
    expect(await send(task("quiz", 90))).toEqual(["MODULE_FULL"]);
    expect(await held("tasks")).toBe(MAX_RESULTS);
  });

  it.each([
    ["a step", step("x".repeat(200))],
    ["a start", event("module_started", {})],
    ["a completion", event("module_completed", {})],
    [
      "one of a limited number of attempts",
      event("task_submitted", { module_slug: "exam", task_slug: "quiz", score: 80 }),
    ],
  ])("whose item has no room for %s answers so, not that the store is away", async (_, sent) => {
    // 400 KB, by DynamoDB's count of names and values.
    const { module_slug: slug } = sent.payload as { module_slug: string };
    const entity = `MODULE#${slug}`;
    const room = 400 * 1024 - "learner_id".length - learner.length - "entity".length - entity.length - "ballast".length;
    await putRaw(opened, learner, entity, { ballast: "x".repeat(room) });
    expect(await send(sent)).toEqual(["MODULE_FULL"]);
    const other = event("module_started", { module_slug: "elsewhere" });
    expect(await send(sent, other)).toEqual(["MODULE_FULL", "accepted"]);
  });

  it("whose course has no room for its flag refuses that learner's events, and no other's", async () => {
    const room = 400 * 1024 - "learner_id".length - learner.length - "entityCOURSE#fullballast".length;
    await putRaw(opened, learner, "COURSE#full", { ballast: "x".repeat(room) });
    const other = { ...event("module_started", {}), contactIdentifier: { contactId: newLearner() } };
    const last = event("module_completed", { module_slug: "only" });
    expect(await send(last, other)).toEqual(["MODULE_FULL", "accepted"]);
  });

  it("counts attempts as before", async () => {
    const attempt = (id: string) => ({
      ...event("task_submitted", { module_slug: "exam", task_slug: "quiz", score: 10 }, `10:0${id}`),
      eventId: id,
    });
    for (const id of ["1", "2", "3"]) expect(await send(attempt(id))).toEqual(["accepted"]);
    expect(await send(attempt("4"))).toEqual(["ATTEMPTS_EXHAUSTED"]);
    expect(await send(attempt("2"))).toEqual(["accepted"]);
  });

  it("takes a thousand reviews of one item", async () => {
    const reviews = new Set(Array.from({ length: MAX_REVIEWS - 1 }, (_, i) => `${at("09:00")}#good#e-${i}`));
    await opened.raw.putAll("records", [
      { learner_id: learner, record: "REVIEW#strings#i", module_slug: "strings", item_id: "i", reviews },
    ]);
    const review = (id: string) => ({ ...event("item_reviewed", { item_id: "i", rating: "good" }), eventId: id });
    expect(await send(review("a"))).toEqual(["accepted"]);
    expect(await send(review("b"), review("a"))).toEqual(["MODULE_FULL", "accepted"]);
  });
});
