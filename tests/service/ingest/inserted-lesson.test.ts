import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import type { Catalog } from "../../../src/catalog/catalog.ts";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { createIngest } from "../../../src/service/ingest/ingest.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { at } from "../../support/builders/times.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";

const exam = { "modules/exam/completion.json": { completion_tasks: [{ task_slug: "essay", passing_score: 50 }] } };
const before = catalogOf({ "courses/c.json": { slug: "c", modules: ["m", "exam"] }, ...exam });
const after = catalogOf({
  "courses/c.json": { slug: "c", modules: ["inserted", "m", "exam"], sequential: true, enforce_order: true },
  ...exam,
});

const open = sqliteStore();
const log = { debug() {}, info() {}, warn() {}, error() {} };

function learner() {
  const learnerId = `learner-${randomUUID()}`;
  /** As the learner's own page sends it, or as a server that may decide. */
  const send = async (catalog: Catalog, event: object, sender: "page" | "server" = "page") => {
    const ingest = createIngest({ store: open().store, catalog: fixedCatalog(catalog), log });
    const by =
      sender === "page" ? { learnerId } : { scopes: new Set(["waymark:write", "waymark:admin"] as const), by: "desk" };
    const sent = { contactIdentifier: { contactId: learnerId }, ...event };
    return (await ingest([sent], by)).map(({ error }) => error?.code ?? "accepted")[0];
  };
  const history = async () => (await open().store.attempts(learnerId, { limit: 100 })).attempts;
  return { send, history };
}

const sent = (name: string, fields: object, minute = "00") => ({
  eventName: `learning_${name}`,
  eventId: "e-1",
  payload: { ts: at(`10:${minute}`), ...fields },
});
const unknownTask = { module_slug: "exam", task_slug: "later", score: 90 };

it.each([
  ["a start", sent("module_started", { module_slug: "m" })],
  ["a completion", sent("module_completed", { module_slug: "m" })],
  ["a result", sent("task_submitted", { module_slug: "exam", task_slug: "essay", score: 10 })],
  ["a result of a task that nobody knows, which counts for nothing", sent("task_submitted", unknownTask)],
])("A lesson that is inserted before a module keeps out no repetition: %s", async (_, event) => {
  const [known, stranger] = [learner(), learner()];
  expect(await known.send(before, event)).toBe("accepted");
  const kept = await known.history();
  expect(await known.send(after, event)).toBe("accepted");
  expect(await known.history()).toEqual(kept);
  expect(await stranger.send(after, event)).toBe("MODULE_LOCKED");
  expect(await stranger.send(after, event)).toBe("MODULE_LOCKED");
});

it("It keeps out none that is void, and what is another event as ever", async () => {
  const { send } = learner();
  const marked = sent("module_completed", { module_slug: "m" });
  expect(await send(before, marked)).toBe("accepted");
  const voided = { eventName: "learning_event_voided", payload: { event_id: "e-1", reason: "by mistake" } };
  expect(await send(before, voided, "server")).toBe("accepted");
  expect(await send(after, marked)).toBe("accepted");
  expect(await send(after, sent("module_completed", { module_slug: "m" }, "01"))).toBe("MODULE_LOCKED");
});
