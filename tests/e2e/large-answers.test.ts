import { get as httpGet, request as httpRequest } from "node:http";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { carriedBytes } from "../../src/service/read/answer-size.ts";
import { holdToContract } from "../support/oracles/contract.ts";
import { event, type Json, temporaryFolder, writeContent } from "../support/processes/service.ts";
import { type ServiceHere, startServiceHere } from "../support/processes/service-here.ts";

const MB = 1024 * 1024;
const MOST = 6 * MB - 64 * 1024;
const LONG = "s".repeat(150);
const many = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

const CONTENT_DIR = writeContent(temporaryFolder(), {
  "courses/long.json": { slug: "long", modules: many(1_500, "lesson") },
  "courses/longest.json": { slug: "longest", sequential: true, modules: many(5_000, LONG) },
  "modules/tasks/completion.json": {
    completion_tasks: many(400, LONG).map((task_slug) => ({ task_slug, task_type: "lab_attestation", required: true })),
  },
  "modules/steps/completion.json": { steps: many(400, LONG) },
  "modules/strict/completion.json": {
    completion_data: { type: "object", properties: {}, additionalProperties: false },
  },
  "modules/texts/completion.json": { completion_data: { type: "array", items: { type: "string" } } },
  "courses/rest.json": { slug: "rest", modules: ["tasks", "steps", "strict", "texts"] },
});

let service: ServiceHere;
beforeAll(async () => {
  service = await startServiceHere({ CONTENT_DIR });
});

type Raw = { status: number; type: string; encoding: string | undefined; vary: string; bytes: Buffer };
/** As it comes over the wire: fetch would unpack it, and say no more of it. */
const ask = (path: string, headers: Record<string, string>, body?: unknown) =>
  new Promise<Raw>((done, failed) => {
    const url = `${service.url}${path}`;
    const method = body === undefined ? "GET" : "POST";
    const sent = (body === undefined ? httpGet : httpRequest)(url, { method, headers, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer
        .on("data", (part) => parts.push(part))
        .on("end", () =>
          done({
            status: answer.statusCode as number,
            type: answer.headers["content-type"] ?? "",
            encoding: answer.headers["content-encoding"],
            vary: answer.headers.vary ?? "",
            bytes: Buffer.concat(parts),
          }),
        );
    });
    sent.on("error", failed);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });

/** Asked for as text and with gzip: held to the contract, to what a Lambda may answer, and to be the same. */
async function answered(path: string, body?: unknown): Promise<Json> {
  const method = body === undefined ? "GET" : "POST";
  const [text, gzip] = [
    await ask(path, { "Accept-Encoding": "identity" }, body),
    await ask(path, { "Accept-Encoding": "gzip" }, body),
  ];
  expect([text.encoding, gzip.encoding]).toEqual([undefined, text.bytes.length < 1_024 ? undefined : "gzip"]);
  expect([text.vary, gzip.vary]).toEqual(["Accept-Encoding", "Accept-Encoding"]);
  expect(carriedBytes(text.bytes.toString())).toBeLessThanOrEqual(MOST);
  expect(carriedBytes(gzip.bytes)).toBeLessThanOrEqual(MOST);
  const shown = JSON.parse(text.bytes.toString());
  holdToContract({ method, path, status: text.status, contentType: text.type, body: shown });
  const unzipped = gzip.encoding === undefined ? gzip.bytes : gunzipSync(gzip.bytes);
  expect(JSON.parse(unzipped.toString())).toEqual(shown);
  return shown;
}

const ts = "2026-01-18T10:00:00Z";
const claim = (learner: string, course_slug: string) => ({
  ...event("course_completed", learner, { course_slug, ts }),
  eventId: `claim-${learner}-${course_slug}`,
});
const withData = (learner: string, module_slug: string, completion_data: unknown) =>
  event("module_completed", learner, { module_slug, completion_data, ts });

describe("A batch's answer", () => {
  it("of 100 refused claims of a course of 1,500 modules names what is missing, as far as it fits", async () => {
    const events = Array.from({ length: 100 }, (_, index) => claim(`c-${index}`, "long"));
    const { results } = await answered("/events/track", { events });
    expect(results).toHaveLength(100);
    for (const { error } of results) {
      expect(error).toMatchObject({ code: "COMPLETION_NOT_REACHED", progress: { completed: 0, total: 1_500 } });
      expect(error.missing.length).toBeGreaterThan(100);
      expect(error.missing.length + error.missing_more).toBe(1_500);
    }
  });

  it("of 100 claims of one learner is as bounded, with the longest slugs", async () => {
    const events = Array.from({ length: 100 }, (_, index) => ({
      ...claim("one", "longest"),
      eventId: `one-${index}`,
    }));
    const { results } = await answered("/events/track", { events });
    for (const { error } of results) expect(error.missing.length + error.missing_more).toBe(5_000);
  });

  it("to 8 times 32 KB against a strict schema has the first 20 errors of each", async () => {
    const data = (index: number) =>
      Object.fromEntries(Array.from({ length: 2_000 }, (_, key) => [`k${index}-${key}`.padEnd(8, "x"), 1]));
    const events = Array.from({ length: 7 }, (_, index) => withData(`s-${index}`, "strict", data(index)));
    const { results } = await answered("/events/track", { events });
    expect(results).toHaveLength(7);
    for (const { error } of results) {
      expect(error).toMatchObject({ code: "SCHEMA_VALIDATION_FAILED", errors_more: 2_000 - 20 });
      expect(error.errors).toHaveLength(20);
    }
  });

  it("shortens keys that are as long as their data", async () => {
    const data = Object.fromEntries(many(3, `${"\u0001".repeat(1_500)}`).map((key) => [key, 1]));
    const { results } = await answered("/events/track", { events: [withData("k", "strict", data), 1] });
    expect(results[0].error.errors.map(({ path }: Json) => path.length)).toEqual([501, 501, 501]);
  });

  it.each([
    ["tasks", "tasks"],
    ["steps", "steps"],
  ])("of 100 starts of a module of 400 %s shows some of them", async (slug, list) => {
    const events = Array.from({ length: 100 }, (_, index) =>
      event("module_started", `t-${index}`, { module_slug: slug, ts }),
    );
    const { results } = await answered("/events/track", { events });
    for (const { status, module } of results) {
      expect([status, module[list].length + module[`${list}_more`]]).toEqual(["accepted", 400]);
      expect(module[list].length).toBeGreaterThan(50);
    }
  });

  it("of one event is whole", async () => {
    const { results } = await answered("/events/track", { events: [claim("single", "long")] });
    expect(results[0].error.missing).toHaveLength(1_500);
    const { module } = await answered("/events/track", event("module_started", "single", { module_slug: "tasks", ts }));
    expect([module.tasks.length, module.tasks_more]).toEqual([400, undefined]);
  });
});

it("An event that is refused for 16,000 reasons is told 20 of them", async () => {
  const error = await answered("/events/track", withData("many", "texts", Array(16_000).fill(1)));
  expect([error.errors.length, error.errors_more]).toEqual([20, 16_000 - 20]);
});

it.each([
  "/learners/nobody/courses/longest",
  "/learners/nobody/modules/tasks",
  `/learners/nobody/modules/${LONG}-4999`,
])("GET %s is bounded", async (path) => {
  await answered(path);
});

it("A body of 256 KB in which everything is wrong is answered shortly", async () => {
  const wrong = [
    event("task_submitted", "w", { module_slug: "tasks", task_slug: "t", answers: Array(120_000).fill(1) }),
    event("module_scored", "w", {
      module_slug: "tasks",
      scores: Object.fromEntries(many(20_000, "k").map((k) => [k, "x"])),
    }),
    { events: Array(100).fill({ eventName: "x".repeat(2_000) }) },
  ];
  for (const body of wrong) expect(JSON.stringify(await answered("/events/track", body)).length).toBeLessThan(200_000);
});

it("A module's summary stays small and quick, whatever keys learners write", async () => {
  const keysOf = (index: number, count: number) =>
    Object.fromEntries(
      many(count, `learner-${index}-key`).map((key) => [key, "a text of some length, as people write"]),
    );
  for (let start = 0; start < 60; start += 6) {
    const events = Array.from({ length: 6 }, (_, index) =>
      withData(`x-${start + index}`, "open", { mood: "calm", ...keysOf(start + index, 450) }),
    );
    const { body } = await service.post({ events });
    expect(body.results.map(({ status }: Json) => status)).toEqual(events.map(() => "accepted"));
  }
  const summary = await answered("/modules/open/completion-data/summary");
  expect(summary).toMatchObject({ count: 60, fields: { mood: { count: 60, frequencies: { calm: 60 } } } });
  expect(Object.keys(summary.fields)).toHaveLength(200);
  expect(summary.fields_more).toBe(60 * 450 + 1 - 200);
});

it("A small answer comes as it is, and a fault of more than 1 KB with gzip too", async () => {
  const small = await ask("/health", { "Accept-Encoding": "gzip" });
  expect([small.status, small.encoding, small.vary]).toEqual([200, undefined, "Accept-Encoding"]);
  const large = await ask("/events/track", { "Accept-Encoding": "gzip" }, claim("zipped", "long"));
  expect([large.status, large.encoding, large.type]).toEqual([400, "gzip", "application/problem+json"]);
});

it("The catalog has one ETag, as text and with gzip, and whoever has it is told so", async () => {
  const answers = await Promise.all(
    ["identity", "gzip"].map((coding) => fetch(`${service.url}/catalog`, { headers: { "Accept-Encoding": coding } })),
  );
  const [etag, other] = answers.map(({ headers }) => headers.get("etag") as string);
  expect(etag).toBe(other);
  for (const coding of ["identity", "gzip"]) {
    const again = await ask("/catalog", { "Accept-Encoding": coding, "If-None-Match": etag as string });
    expect([again.status, again.encoding, again.vary, again.bytes.length]).toEqual([
      304,
      undefined,
      "Accept-Encoding",
      0,
    ]);
  }
});
