import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { bearer, createIssuer, type Issuer } from "../support/builders/tokens.ts";
import {
  completedModule,
  event,
  eventually,
  type Service,
  startService,
  temporaryFolder,
  writeContent,
} from "../support/processes/service.ts";
import { leaksIn, PLANTED } from "../support/vitest/secrets.ts";
import { contentDir } from "./content.ts";

const CONTENT_DIR = contentDir();
let issuer: Issuer;
let service: Service;
beforeAll(async () => {
  issuer = await createIssuer();
  service = await startService({ CONTENT_DIR, ...issuer.variables, TABLE_PREFIX: "waymark-log" });
});

const pseudonym = (learner: string) => createHash("sha256").update(learner).digest("hex").slice(0, 16);

/** What was logged while something was done. */
async function logged(work: () => Promise<{ headers: Headers }>) {
  const before = service.logs().length;
  const { headers } = await work();
  const id = headers.get("x-request-id");
  return eventually(() => {
    const lines = service.logs().slice(before);
    expect(lines).toContainEqual(expect.objectContaining({ message: "Request", request_id: id }));
    return lines;
  });
}

describe("A request has one line in the log", () => {
  it("that says what was sent, what came of it, and what it cost", async () => {
    const token = bearer(await issuer.mint({ scope: "waymark:write" }));
    const events = [
      completedModule("ada@example.com", "strings"),
      completedModule("ada@example.com", "arrays"),
      event("course_completed", "bob", { course_slug: "ruby" }),
      event("module_started", "bob", { module_slug: "strings" }),
      { eventName: PLANTED },
    ];
    const lines = await logged(() => service.post({ events }, token));
    expect(lines.filter(({ message }) => message === "Request")).toEqual([
      {
        level: "INFO",
        message: "Request",
        timestamp: expect.any(String),
        service: "waymark-log",
        sampling_rate: 0,
        request_id: expect.any(String),
        method: "POST",
        route: "/events/track",
        status: 200,
        event_names: {
          learning_module_completed: 2,
          learning_course_completed: 1,
          learning_module_started: 1,
          unknown: 1,
        },
        learners: [pseudonym("ada@example.com"), pseudonym("bob")],
        accepted: 3,
        refused: { COMPLETION_NOT_REACHED: 1, SCHEMA_VALIDATION_FAILED: 1 },
        completions: 1,
        duration_ms: expect.any(Number),
        store: { calls: expect.any(Number), ms: expect.any(Number), read_units: 0, write_units: expect.any(Number) },
      },
    ]);
  });

  it("and a refused claim has one of its own, with the reason", async () => {
    const token = bearer(await issuer.mint({ sub: "cleo" }));
    const lines = await logged(() => service.post(event("course_completed", "cleo", { course_slug: "ruby" }), token));
    expect(lines.filter(({ message }) => message === "Claim refused")).toEqual([
      {
        level: "WARN",
        message: "Claim refused",
        timestamp: expect.any(String),
        service: "waymark-log",
        sampling_rate: 0,
        event_name: "learning_course_completed",
        course_slug: "ruby",
        learner: pseudonym("cleo"),
        code: "COMPLETION_NOT_REACHED",
        reason: "Course not actually complete: 0/2 modules completed",
        progress: { completed: 0, total: 2, needed: 2, short_by: 2 },
      },
    ]);
  });

  it.each([
    [
      "an id in the path",
      "/learners/planted-secret%40example.com/progress?token=planted-secret",
      "/learners/:id/progress",
    ],
    ["a path that is none", "/planted-secret", "none"],
  ])("that does not repeat %s", async (_, path, route) => {
    const token = bearer(await issuer.mint({ scope: "waymark:read" }));
    const lines = await logged(() => service.get(path, { ...token, "X-Request-Id": PLANTED, "User-Agent": PLANTED }));
    expect(lines).toMatchObject([{ message: "Request", route }]);
    expect(leaksIn(JSON.stringify(lines))).toEqual([]);
  });

  it.each([
    ["that is no JSON", `{"a": planted-secret`, 400, "INVALID_JSON"],
    [
      "with a name that is none",
      { eventName: PLANTED, contactIdentifier: { email: "a@b.com" } },
      400,
      "SCHEMA_VALIDATION_FAILED",
    ],
    [
      "with fields that are wrong",
      event("module_started", PLANTED, { module_slug: [PLANTED] }),
      400,
      "SCHEMA_VALIDATION_FAILED",
    ],
    [
      "with an id that is none",
      { ...event("module_started", "a"), eventId: `${PLANTED} a@b.com` },
      400,
      "SCHEMA_VALIDATION_FAILED",
    ],
  ])("nor a body %s", async (_, body, status, code) => {
    const token = bearer(await issuer.mint({ scope: "waymark:write" }));
    const lines = await logged(() => service.post(body, token));
    expect(lines).toMatchObject([{ message: "Request", status, code }]);
    expect(leaksIn(JSON.stringify(lines))).toEqual([]);
  });
});

it("A failure inside is logged with its cause, and without the request", async () => {
  const failing = await startService({
    CONTENT_DIR,
    STORE: service.url.replace(/:\d+$/, ":9"),
    TABLE_PREFIX: "waymark-log",
  }).catch((error: Error) => error);
  expect(failing).toBeInstanceOf(Error);
  expect(leaksIn((failing as Error).message)).toEqual([]);
});

it("Content that is faulty is named in the log, and not quoted", async () => {
  const folder = writeContent(temporaryFolder(), {
    "courses/a.json": { slug: "a", title: "A", modules: ["m"] },
  });
  const watching = await startService({ CONTENT_DIR: folder });
  writeContent(folder, { "courses/b.json": { slug: "b", modules: PLANTED } });
  await eventually(() => expect(watching.logs()).toContainEqual(expect.objectContaining({ level: "ERROR" })));
  expect(leaksIn(watching.output())).toEqual([]);
});

it.each([
  ["a planted secret", PLANTED],
  ["an address", "someone.else+x@mail.example.org"],
  ["a token", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"],
])("The search of the suite's output finds %s", (_, secret) => {
  expect(leaksIn(`first line\n{"message": "x ${secret} y"}\nlast line`)).toHaveLength(1);
});
