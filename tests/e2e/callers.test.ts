import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { ROUTES } from "../../src/api/routes.ts";
import { ALL_SCOPES, bearer, createIssuer, type Issuer } from "../support/builders/tokens.ts";
import {
  type Answer,
  completedModule,
  event,
  request,
  type Service,
  startService,
  writeContent,
} from "../support/processes/service.ts";
import { startServiceHere } from "../support/processes/service-here.ts";
import { contentDir } from "./content.ts";

const CONTENT_DIR = writeContent(contentDir(), {
  "courses/finals.json": { slug: "finals", title: "Finals", modules: ["exam"] },
  "modules/exam/completion.json": {
    completion_tasks: [
      { task_slug: "final", task_type: "quiz", trusted: true, passing_score: 75 },
      { task_slug: "practice", task_type: "quiz", required: false, passing_score: 50 },
      { task_slug: "viva", task_type: "lab_attestation", required: false, trusted: true },
      { task_slug: "lab", task_type: "lab_attestation", required: false },
      { task_slug: "essay", task_type: "assignment", required: false, passing_score: 50 },
    ],
    score: { passing_score: 60, trusted: true, weights: { oral: 1 } },
  },
  "modules/exam/quiz.json": { questions: [{ id: "q", type: "single", options: ["a", "b"], correct_answer: "b" }] },
});
let issuer: Issuer;
let service: Service;
beforeAll(async () => {
  issuer = await createIssuer();
  service = await startService({ CONTENT_DIR, ...issuer.variables, ALLOWED_ORIGINS: "https://lms.example.com" });
});

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const seconds = () => Math.floor(Date.now() / 1_000);

/** A token that nobody signed, or that was signed with a key which everybody knows. */
async function forged(header: object, sign: (text: string) => string): Promise<string> {
  const [, payload] = (await issuer.mint({ sub: "ada", scope: ALL_SCOPES })).split(".");
  const text = `${encode(header)}.${payload}`;
  return `${text}.${sign(text)}`;
}

/** What is sent for Authorization by whom nobody should let in. */
const STRANGERS: Record<string, () => Promise<string | undefined>> = {
  "no token": async () => undefined,
  "an empty token": async () => "Bearer ",
  "another scheme": async () => `Basic ${Buffer.from("ada:secret").toString("base64")}`,
  "no JWT": async () => "Bearer planted-secret",
  "an expired token": async () => `Bearer ${await issuer.mint({ sub: "ada", scope: ALL_SCOPES, exp: seconds() - 10 })}`,
  "a token that is not good yet": async () =>
    `Bearer ${await issuer.mint({ sub: "ada", scope: ALL_SCOPES, nbf: seconds() + 60 })}`,
  "a token that never ends": async () => {
    const endless = { sub: "ada", scope: ALL_SCOPES, exp: undefined } as unknown as { sub: string };
    return `Bearer ${await issuer.mint(endless)}`;
  },
  "a token of another issuer": async () =>
    `Bearer ${await issuer.mint({ sub: "ada", scope: ALL_SCOPES, iss: "https://login.example.com" })}`,
  "a token for another audience": async () =>
    `Bearer ${await issuer.mint({ sub: "ada", scope: ALL_SCOPES, aud: "another-service" })}`,
  "a token for nobody's audience": async () => {
    const aimless = { sub: "ada", scope: ALL_SCOPES, aud: undefined } as unknown as { sub: string };
    return `Bearer ${await issuer.mint(aimless)}`;
  },
  "a token of another's key": async () =>
    `Bearer ${await (await createIssuer()).mint({ sub: "ada", scope: ALL_SCOPES })}`,
  "a token of a key that nobody knows": async () =>
    `Bearer ${await (await createIssuer("key-2")).mint({ sub: "ada", scope: ALL_SCOPES })}`,
  "another algorithm (PS256 of an RS256 key)": async () =>
    `Bearer ${await issuer.mint({ sub: "ada", scope: ALL_SCOPES }, { alg: "PS256" }).catch(() => "x.y.z")}`,
  "alg: none": async () => `Bearer ${await forged({ alg: "none", typ: "JWT" }, () => "")}`,
  "alg: HS256 with the public key as the secret": async () => {
    const { keys } = JSON.parse(readFileSync(issuer.variables.AUTH_JWKS, "utf8"));
    const sign = (text: string) => createHmac("sha256", JSON.stringify(keys[0])).update(text).digest("base64url");
    return `Bearer ${await forged({ alg: "HS256", typ: "JWT", kid: "key-1" }, sign)}`;
  },
  "a changed payload": async () => {
    const [header, , signature] = (await issuer.mint({ sub: "eve" })).split(".");
    const payload = encode({ iss: issuer.variables.AUTH_ISSUER, aud: issuer.variables.AUTH_AUDIENCE, sub: "ada" });
    return `Bearer ${header}.${payload}.${signature}`;
  },
  "two tokens": async () => {
    const token = await issuer.mint({ sub: "ada", scope: ALL_SCOPES });
    return `Bearer ${token}, Bearer ${token}`;
  },
  "a learner's id that none can have": async () =>
    `Bearer ${await issuer.mint({ sub: "a\u0000b", scope: ALL_SCOPES })}`,
  "a scope that is no text": async () =>
    `Bearer ${await issuer.mint({ sub: "ada", scope: [...ALL_SCOPES.split(" ")] as never })}`,
};

/** Who is let in, but not everywhere. */
const CALLERS = {
  learner: { sub: "ada" },
  other: { sub: "bob" },
  write: { scope: "waymark:write" },
  read: { scope: "waymark:read" },
  admin: { scope: "waymark:admin" },
  "learner who reads": { sub: "bob", scope: "openid waymark:read" },
  nobody: { scope: "openid" },
} as const;
type CallerName = keyof typeof CALLERS;

const OWN = { learner: 200, other: 403, write: 403, read: 200, admin: 403, "learner who reads": 200, nobody: 403 };
const LISTS = { learner: 403, other: 403, write: 403, read: 200, admin: 403, "learner who reads": 200, nobody: 403 };
const ADMIN = { learner: 403, other: 403, write: 403, read: 403, admin: 200, "learner who reads": 403, nobody: 403 };
const ALL = { learner: 200, other: 200, write: 200, read: 200, admin: 200, "learner who reads": 200, nobody: 200 };
/** An event of ada's. */
const SENDS = { learner: 200, other: 403, write: 200, read: 403, admin: 403, "learner who reads": 403, nobody: 403 };

/** Every route; what is asked of ada, and what a stranger is answered. */
const MATRIX: Record<string, { path: string; stranger: number; expected: Record<CallerName, number> }> = {
  "POST /events/track": { path: "/events/track", stranger: 401, expected: SENDS },
  "GET /learners": { path: "/learners", stranger: 401, expected: LISTS },
  "GET /learners/:id/progress": { path: "/learners/ada/progress", stranger: 401, expected: OWN },
  "GET /learners/:id/summary": { path: "/learners/ada/summary", stranger: 401, expected: OWN },
  "GET /learners/:id/modules/:slug": { path: "/learners/ada/modules/strings", stranger: 401, expected: OWN },
  "GET /learners/:id/courses/:slug": { path: "/learners/ada/courses/ruby", stranger: 401, expected: OWN },
  "GET /learners/:id/pathways/:slug": { path: "/learners/ada/pathways/full-stack", stranger: 401, expected: OWN },
  "GET /learners/:id/history": { path: "/learners/ada/history", stranger: 401, expected: OWN },
  "GET /learners/:id/sessions": { path: "/learners/ada/sessions", stranger: 401, expected: OWN },
  "GET /learners/:id/reviews": { path: "/learners/ada/reviews", stranger: 401, expected: OWN },
  "GET /learners/:id/export": { path: "/learners/ada/export", stranger: 401, expected: ADMIN },
  "DELETE /learners/:id": { path: "/learners/someone-else", stranger: 401, expected: ADMIN },
  "GET /modules/:slug/completions": { path: "/modules/strings/completions", stranger: 401, expected: LISTS },
  "GET /modules/:slug/completion-data/summary": {
    path: "/modules/strings/completion-data/summary",
    stranger: 401,
    expected: LISTS,
  },
  "GET /courses/:slug/completions": { path: "/courses/ruby/completions", stranger: 401, expected: LISTS },
  "GET /pathways/:slug/completions": { path: "/pathways/full-stack/completions", stranger: 401, expected: LISTS },
  "GET /catalog": { path: "/catalog", stranger: 401, expected: ALL },
  "GET /catalog/versions": { path: "/catalog/versions", stranger: 401, expected: LISTS },
  "GET /runs": { path: "/runs", stranger: 401, expected: LISTS },
  "GET /runs/:run": { path: "/runs/backfill-example", stranger: 401, expected: LISTS },
  "GET /openapi.json": { path: "/openapi.json", stranger: 200, expected: ALL },
  "GET /health": { path: "/health", stranger: 200, expected: ALL },
  "GET /waymark.js": { path: "/waymark.js", stranger: 200, expected: ALL },
  "GET /waymark-elements.js": { path: "/waymark-elements.js", stranger: 200, expected: ALL },
};
const routes = Object.entries(MATRIX);

const ask = (route: string, path: string, authorization: string | undefined): Promise<Answer> => {
  const method = route.split(" ")[0] as string;
  return request(service.url, path, {
    method,
    headers: { ...(authorization !== undefined && { Authorization: authorization }) },
    ...(method === "POST" && { body: JSON.stringify(completedModule("ada", "strings")) }),
  });
};

const expectProblem = (answer: Answer, status: number) => {
  if (status < 400) return;
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.body).toMatchObject({ status, code: status === 401 ? "UNAUTHENTICATED" : "FORBIDDEN" });
  expect(answer.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
};

it("The matrix has every route", () => {
  expect(routes.map(([route]) => route).sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
});

describe.each(routes)("%s", (route, { path, stranger, expected }) => {
  it.each(Object.entries(STRANGERS))(`answers a stranger with %s by ${stranger}`, async (_, authorization) => {
    const answer = await ask(route, path, await authorization());
    expect(answer.status).toBe(stranger);
    expectProblem(answer, stranger);
  });

  it.each(Object.entries(expected))("answers the caller %s with %i", async (name, status) => {
    const answer = await ask(route, path, `Bearer ${await issuer.mint(CALLERS[name as CallerName])}`);
    expect(answer.status).toBe(status);
    expectProblem(answer, status);
  });
});

describe("A beacon carries its token in its body", () => {
  const beacon = (body: object, token: unknown) =>
    request(service.url, "/events/track", {
      method: "POST",
      headers: { "Content-Type": "text/plain;charset=UTF-8" },
      body: JSON.stringify({ ...body, token }),
    });

  it.each(Object.entries(SENDS))("the caller %s is answered %i", async (name, status) => {
    const answer = await beacon(completedModule("ada", "arrays"), await issuer.mint(CALLERS[name as CallerName]));
    expect(answer.status).toBe(status);
    expectProblem(answer, status);
  });

  it("of one event, and of a batch", async () => {
    const token = await issuer.mint({ sub: "beacon" });
    const own = { eventName: "learning_module_completed", payload: { module_slug: "strings" } };
    expect(await beacon(own, token)).toMatchObject({ status: 200, body: { learner_id: "beacon" } });
    const batch = await beacon({ events: [own, own] }, token);
    expect(batch).toMatchObject({
      status: 200,
      body: { results: [{ learner_id: "beacon" }, { learner_id: "beacon" }] },
    });
  });

  it.each([
    ["none", undefined],
    ["null", null],
    ["no text", { a: 1 }],
    ["garbage", "a.b.c"],
    ["an empty one", ""],
  ])("and with %s it is a stranger", async (_, token) => {
    expect((await beacon(completedModule("ada", "arrays"), token)).status).toBe(401);
  });

  it("but a bad header is not helped by a good body", async () => {
    const token = await issuer.mint({ sub: "ada" });
    const body = JSON.stringify({ ...completedModule("ada", "arrays"), token });
    expect((await service.post(body, { Authorization: "Bearer x.y.z" })).status).toBe(401);
  });

  it("which is no part of the event: with another token it is the same event", async () => {
    const sent = completedModule("same", "strings");
    const [first, second] = [
      await issuer.mint({ sub: "same" }),
      await issuer.mint({ sub: "same", nonce: randomUUID() }),
    ];
    const ids = [await beacon(sent, first), await beacon(sent, second), await service.post(sent, bearer(first))].map(
      ({ body }) => body.event_id,
    );
    expect(new Set(ids).size).toBe(1);
  });
});

describe("A learner's page", () => {
  const own = (payload: object, more: object = {}) => ({ eventName: "learning_module_completed", payload, ...more });

  it.each([
    ["nobody", {}],
    ["null", { contactIdentifier: null }],
    ["itself", { contactIdentifier: { contactId: "cleo" } }],
    ["an address, which is not looked at", { contactIdentifier: { email: "someone@example.com" } }],
    ["an empty id", { contactIdentifier: { contactId: " " } }],
  ])("may name %s, and means itself", async (_, more) => {
    const headers = bearer(await issuer.mint({ sub: "cleo" }));
    const answer = await service.post(own({ module_slug: "strings" }, more), headers);
    expect(answer).toMatchObject({ status: 200, body: { learner_id: "cleo" } });
  });

  it("with a number for an id may write it as a number", async () => {
    const headers = bearer(await issuer.mint({ sub: "42" }));
    const answer = await service.post(
      own({ module_slug: "strings" }, { contactIdentifier: { contactId: 42 } }),
      headers,
    );
    expect(answer).toMatchObject({ status: 200, body: { learner_id: "42" } });
  });

  it("is refused the events of others in a batch, and them alone", async () => {
    const headers = bearer(await issuer.mint({ sub: "dora" }));
    const events = ["dora", "eve", "dora"].map((learner) => completedModule(learner, "strings"));
    const { status, body } = await service.post({ events }, headers);
    expect(status).toBe(200);
    expect(body.results).toMatchObject([
      { status: "accepted", learner_id: "dora" },
      { status: "refused", error: { code: "FORBIDDEN", status: 403 } },
      { status: "accepted", learner_id: "dora" },
    ]);
    const eve = await service.get("/learners/eve/progress", bearer(await issuer.mint({ scope: "waymark:read" })));
    expect(eve.body).toMatchObject({ modules: {}, courses: {} });
  });

  it("may read its id however it is written in the path, and no other's", async () => {
    const headers = bearer(await issuer.mint({ sub: "über/ä b" }));
    expect((await service.get(`/learners/${encodeURIComponent("über/ä b")}/progress`, headers)).status).toBe(200);
    expect((await service.get("/learners/%C3%BCber/progress", headers)).status).toBe(403);
    expect((await service.get("/learners/ada/progress?id=%C3%BCber%2F%C3%A4%20b", headers)).status).toBe(403);
  });

  it("is not told of other learners by a server's event without a learner", async () => {
    const headers = bearer(await issuer.mint({ sub: "service-account", scope: "waymark:write" }));
    expect(await service.post(own({ module_slug: "strings" }), headers)).toMatchObject({
      status: 400,
      body: { code: "SCHEMA_VALIDATION_FAILED" },
    });
  });
});

describe("What a learner's own browser may not assert", () => {
  const task = (learner: string, task_slug: string, result: object) =>
    event("task_submitted", learner, { module_slug: "exam", task_slug, ...result });
  const ROWS: [string, object, number, number][] = [
    ["the score of a trusted task", task("finn", "final", { score: 100 }), 403, 200],
    ["the attestation of a trusted task", task("finn", "viva", { attested: true }), 403, 200],
    ["the attestation of another task", task("finn", "lab", { attested: true }), 200, 200],
    ["the score of a quiz, which is graded here", task("finn", "practice", { score: 100 }), 403, 200],
    ["the score of another task", task("finn", "essay", { score: 100 }), 200, 200],
    [
      "the attestation of a quiz, which means nothing from anybody",
      task("finn", "final", { attested: true }),
      400,
      400,
    ],
    ["answers to a lab, which mean nothing from anybody", task("finn", "viva", { answers: {} }), 400, 400],
    ["a trusted score", event("module_scored", "finn", { module_slug: "exam", scores: { oral: 90 } }), 403, 200],
    ["another score", event("module_scored", "finn", { module_slug: "strings", scores: { oral: 90 } }), 200, 200],
    ["answers, which are graded here", task("finn", "final", { answers: { q: "b" } }), 200, 200],
  ];
  const CODES: Record<number, string> = { 400: "WRONG_KIND_OF_RESULT", 403: "FORBIDDEN" };

  it.each(ROWS)("%s", async (_, sent, byLearner, byServer) => {
    const learner = await service.post(sent, bearer(await issuer.mint({ sub: "finn" })));
    expect([learner.status, learner.body.code]).toEqual([byLearner, CODES[byLearner]]);
    const server = await service.post(sent, bearer(await issuer.mint({ scope: "waymark:write" })));
    expect([server.status, server.body.code]).toEqual([byServer, CODES[byServer]]);
  });

  it("leaves nothing behind where it is refused", async () => {
    const headers = bearer(await issuer.mint({ sub: "gina" }));
    expect((await service.post(task("gina", "final", { score: 100 }), headers)).status).toBe(403);
    const { body } = await service.get("/learners/gina/modules/exam", headers);
    expect(body.tasks.find(({ task_slug }: { task_slug: string }) => task_slug === "final")).toMatchObject({
      passed: false,
      best_score: null,
    });
    expect(body.attempts).toEqual([]);
  });
});

describe("Pages of other origins", () => {
  const preflight = (origin: string) =>
    request(service.url, "/events/track", {
      method: "OPTIONS",
      headers: {
        Origin: origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
      },
    });

  it("that are allowed may call, and read the answer, refusals included", async () => {
    const { status, headers } = await preflight("https://lms.example.com");
    expect(status).toBe(204);
    expect(headers.get("access-control-allow-origin")).toBe("https://lms.example.com");
    expect(headers.get("access-control-allow-headers")?.toLowerCase()).toContain("authorization");
    expect(headers.get("access-control-allow-methods")).toContain("POST");
    for (const path of ["/health", "/catalog", "/nowhere"]) {
      const answer = await service.get(path, { Origin: "https://lms.example.com" });
      expect(answer.headers.get("access-control-allow-origin")).toBe("https://lms.example.com");
      expect(answer.headers.get("vary")).toContain("Origin");
    }
  });

  it.each([
    "https://evil.example.com",
    "http://lms.example.com",
    "https://lms.example.com.evil.com",
    "https://LMS.example.com",
    "http://localhost:3000",
    "null",
  ])("that are not allowed, such as %s, may not", async (origin) => {
    expect((await preflight(origin)).headers.get("access-control-allow-origin")).toBeNull();
    const answer = await service.get("/health", { Origin: origin });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

it("With ALLOWED_ORIGINS=* any page may call, without credentials", async () => {
  const open = await startServiceHere({ CONTENT_DIR, ...issuer.variables, ALLOWED_ORIGINS: "*" });
  const { headers } = await open.get("/health", { Origin: "https://anywhere.example.com" });
  expect(headers.get("access-control-allow-origin")).toBe("*");
  expect(headers.get("access-control-allow-credentials")).toBeNull();
});

describe("An open service", () => {
  let open: Service;
  beforeAll(async () => {
    open = await startService({ CONTENT_DIR });
  });

  it("says that it is open", () => expect(open.output()).toMatch(/callers +OPEN: anyone on this machine/));

  it("answers without a token, but verifies the one that is sent", async () => {
    expect((await open.post(completedModule("ada", "strings"))).status).toBe(200);
    expect((await open.post(completedModule("ada", "strings"), bearer(await issuer.mint({ sub: "ada" })))).status).toBe(
      401,
    );
  });

  it.each([
    ["a page of this machine", { Origin: "http://localhost:3000" }, 200],
    ["a page from elsewhere", { Origin: "https://evil.example.com" }, 403],
    ["a page without an origin of its own", { Origin: "null" }, 403],
    ["no page", {}, 200],
  ])("answers %s", async (_, headers, status) => {
    const answer = await request(open.url, "/health", { headers: headers as Record<string, string> });
    expect(answer.status).toBe(status);
  });
});
