import { Hono } from "hono";
import { expect, it } from "vitest";
import { cursorAfter } from "../../src/api/cursor.ts";
import { learners } from "../../src/api/handlers/learners.ts";
import type { Services } from "../../src/api/route.ts";
import type { AppError } from "../../src/model/errors.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";

const open = sqliteStore();

/** What the list answers to a cursor of ours, or one that somebody made like it. */
async function statusOf(at: string, key: unknown): Promise<number | string> {
  const app = new Hono();
  app.get("/learners", (context) => learners(context, { store: open().store } as Services));
  app.onError((error, context) => context.json({ code: (error as AppError).code ?? String(error) }, 400));
  const id = typeof key === "string" ? key : JSON.stringify(key);
  const response = await app.request(`/learners?cursor=${cursorAfter(["learners", ""], { at, id })}`);
  return response.ok ? response.status : ((await response.json()) as { code: string }).code;
}

const learner_id = "ada";
it.each([
  ["progress", { learner_id }],
  ["progress", { learner_id, entity: "MODULE#m" }],
  ["records", {}],
  ["records", { learner_id }],
  ["records", { learner_id, record: "r" }],
])("A page of learners begins behind what a page of %s ended with: %j", async (table, key) => {
  expect(await statusOf(table, key)).toBe(200);
});

it.each([
  ["progress", {}],
  ["progress", { entity: "MODULE#m" }],
  ["progress", { learner_id, record: "r" }],
  ["progress", { learner_id, entity: "MODULE#m", record: "r" }],
  ["progress", { learner_id: "" }],
  ["progress", { learner_id: 1 }],
  ["progress", { learner_id, entity: "x".repeat(1_025) }],
  ["records", { record: "r" }],
  ["records", { learner_id, entity: "MODULE#m" }],
  ["records", { learner_id, record: "" }],
  ["records", { learner_id, more: "x" }],
  ["records", []],
  ["records", null],
  ["records", "{"],
  ["others", { learner_id }],
])("A page of %s never ended with %j, which is refused", async (table, key) => {
  expect(await statusOf(table, key)).toBe("SCHEMA_VALIDATION_FAILED");
});
