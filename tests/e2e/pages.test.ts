import { beforeAll, describe, expect, it } from "vitest";
import { bearer, createIssuer, type Issuer } from "../support/builders/tokens.ts";
import { PROVIDERS } from "../support/fakes/providers.ts";
import { completedModule, request, type Service, startService, writeContent } from "../support/processes/service.ts";
import { startServiceHere } from "../support/processes/service-here.ts";
import { contentDir } from "./content.ts";

const ORIGIN = "https://lms.example.com";
const CONTENT_DIR = contentDir();
let issuer: Issuer;
let service: Service;
beforeAll(async () => {
  issuer = await createIssuer();
  service = await startService({ CONTENT_DIR, ...issuer.variables, ALLOWED_ORIGINS: ORIGIN, AUTH_COOKIE: "token" });
});

describe("A token in a cookie counts", () => {
  const OWN = { Origin: ORIGIN };
  const SAME = { "Sec-Fetch-Site": "same-origin" };
  const ROWS: [string, Record<string, string>, number][] = [
    ["from a page of an allowed origin", OWN, 200],
    ["from a page of an allowed origin on another site", { ...OWN, "Sec-Fetch-Site": "cross-site" }, 200],
    ["from a page of the service's own origin", SAME, 200],
    ["from a page of the service's own origin, which says so", { ...SAME, Origin: "https://waymark.example.com" }, 200],
    ["not from another origin", { Origin: "https://evil.example.com" }, 401],
    ["not from another site without an origin", { "Sec-Fetch-Site": "cross-site" }, 401],
    ["not from a neighbour on the same site", { "Sec-Fetch-Site": "same-site" }, 401],
    ["not when an address is typed", { "Sec-Fetch-Site": "none" }, 401],
    ["not from a sandboxed frame", { Origin: "null" }, 401],
    ["not from who says nothing", {}, 401],
  ];

  it.each(ROWS)("%s", async (_, headers, status) => {
    const cookie = { Cookie: `other=1; token=${await issuer.mint({ sub: "ada" })}` };
    expect((await service.get("/learners/ada/progress", { ...cookie, ...headers })).status).toBe(status);
    expect((await service.post(completedModule("ada", "strings"), { ...cookie, ...headers })).status).toBe(status);
  });

  it("after what the page says itself: a header, then the body", async () => {
    const cookie = { ...OWN, Cookie: `token=${await issuer.mint({ sub: "ada" })}` };
    const bob = await issuer.mint({ sub: "bob" });
    const own = { eventName: "learning_module_completed", payload: { module_slug: "strings" } };
    expect((await service.post(own, cookie)).body.learner_id).toBe("ada");
    expect((await service.post(own, { ...cookie, ...bearer(bob) })).body.learner_id).toBe("bob");
    expect((await service.post({ ...own, token: bob }, cookie)).body.learner_id).toBe("bob");
    expect((await service.post(own, { ...cookie, ...bearer("x.y.z") })).status).toBe(401);
  });

  it("for that learner alone, and only under its name", async () => {
    const token = await issuer.mint({ sub: "ada" });
    expect((await service.get("/learners/bob/progress", { ...OWN, Cookie: `token=${token}` })).status).toBe(403);
    expect((await service.get("/learners/ada/progress", { ...OWN, Cookie: `session=${token}` })).status).toBe(401);
  });

  it("nowhere without the setting, and `*` is no origin", async () => {
    const [without, open] = await Promise.all([
      startServiceHere({ CONTENT_DIR, ...issuer.variables, ALLOWED_ORIGINS: ORIGIN }),
      startServiceHere({ CONTENT_DIR, ...issuer.variables, ALLOWED_ORIGINS: "*", AUTH_COOKIE: "token" }),
    ]);
    const headers = { ...OWN, Cookie: `token=${await issuer.mint({ sub: "ada" })}` };
    for (const { get } of [without, open]) expect((await get("/learners/ada/progress", headers)).status).toBe(401);
  });
});

describe("Answers", () => {
  it.each(["/learners/ada/progress", "/learners/ada/history", "/modules/strings/completions", "/nowhere"])(
    "at %s are kept by nobody, refusals included",
    async (path) => {
      const headers = bearer(await issuer.mint({ sub: "ada", scope: "waymark:read" }));
      for (const answer of [await service.get(path, headers), await service.get(path)]) {
        expect(answer.headers.get("cache-control")).toBe("private, no-store");
        expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      }
    },
  );

  it.each(["/health", "/catalog"])("at %s may be kept, and are what they say", async (path) => {
    const { headers } = await service.get(path, bearer(await issuer.mint({ sub: "ada" })));
    expect(headers.get("cache-control")).toBeNull();
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("let other origins read when they were made, when to come again, and by which name the log knows them", async () => {
    const { headers } = await service.get("/health", { Origin: ORIGIN });
    const exposed = headers.get("access-control-expose-headers")?.split(",");
    expect(exposed).toEqual(expect.arrayContaining(["Date", "Retry-After", "X-Request-Id"]));
    expect(headers.get("date")).not.toBeNull();
    const id = headers.get("x-request-id");
    expect(service.logs()).toContainEqual(expect.objectContaining({ message: "Request", request_id: id }));
  });
});

it.each([
  ["/events/track/", 404],
  ["/events/track", 200],
  ["/events//track", 404],
])("An event that is sent to %s is answered %i", async (path, status) => {
  const headers = { "Content-Type": "text/plain", ...bearer(await issuer.mint({ sub: "ada" })) };
  const body = JSON.stringify(completedModule("ada", "strings"));
  expect((await request(service.url, path, { method: "POST", headers, body })).status).toBe(status);
});

describe("A learner is one", () => {
  const reads = async (id: string, sub: string) =>
    service.get(`/learners/${encodeURIComponent(id)}/progress`, bearer(await issuer.mint({ sub })));
  const writes = async (sub: string) =>
    service.post(
      { eventName: "learning_module_completed", payload: { module_slug: "strings" } },
      bearer(await issuer.mint({ sub })),
    );

  it.each([
    ["in both Unicode forms", "Zoe\u0308", "Zo\u00eb"],
    ["as an email in any case", "Eve@Example.COM", "eve@example.com"],
  ])("%s", async (_, first, second) => {
    expect((await writes(first)).body.learner_id).toBe(second);
    for (const [id, sub] of [
      [first, first],
      [first, second],
      [second, first],
      [second, second],
    ] as const)
      expect(await reads(id, sub)).toMatchObject({ status: 200, body: { modules: { strings: {} } } });
  });

  it("but not in another case where the id is no email", async () => {
    await writes("AbC");
    expect((await reads("abc", "AbC")).status).toBe(403);
  });

  it.each([".", ".."])("with the id %s cannot be: nothing could read what is kept", async (contactId) => {
    const sent = { ...completedModule(contactId, "strings") };
    const answer = await service.post(sent, bearer(await issuer.mint({ scope: "waymark:write" })));
    expect(answer).toMatchObject({ status: 400, body: { code: "SCHEMA_VALIDATION_FAILED" } });
    expect(JSON.stringify(answer.body.errors)).toMatch(/Expected another id than \. and \.\./);
    expect((await writes(contactId)).status).toBe(401);
  });
});

it("/health tells a stranger how many faults there are, and a reader which", async () => {
  const folder = contentDir();
  const faulty = await startServiceHere({ CONTENT_DIR: folder, ...issuer.variables });
  writeContent(folder, { "courses/ruby.json": '{"slug": "planted-secret' });
  const read = bearer(await issuer.mint({ scope: "waymark:read" }));
  for (let status = ""; status !== "degraded"; ) status = (await faulty.get("/health")).body.status;
  for (const headers of [
    {},
    bearer("x.y.z"),
    { Authorization: "Basic eA==" },
    bearer(await issuer.mint({ sub: "ada" })),
  ]) {
    const { status, text, body } = await faulty.get("/health", headers as Record<string, string>);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "degraded", catalog_fault_count: 1, counts: { courses: 1 } });
    expect(body).not.toHaveProperty("catalog_faults");
    expect(text).not.toMatch(/planted|ruby/);
  }
  expect((await faulty.get("/health", read)).body.catalog_faults).toMatchObject([{ file: "courses/ruby.json" }]);
});

it.each(Object.entries(PROVIDERS))("A token of %s is taken with what docs/callers.md sets", async (_, provider) => {
  const { AUTH_AUDIENCE: __, ...keys } = issuer.variables;
  const set = await startServiceHere({ CONTENT_DIR, ...keys, ...provider.variables });
  const { id, claims } = provider.learner;
  const own = { eventName: "learning_module_completed", payload: { module_slug: "strings" } };
  const learner = bearer(await issuer.mint(claims));
  expect(await set.post(own, learner)).toMatchObject({ status: 200, body: { learner_id: id } });
  expect((await set.get(`/learners/${encodeURIComponent(id)}/progress`, learner)).status).toBe(200);
  expect((await set.get("/learners/someone-else/progress", learner)).status).toBe(403);
  const server = bearer(await issuer.mint(provider.server));
  expect((await set.post(completedModule("7", "strings"), server)).body).toMatchObject({ learner_id: "7" });
  expect((await set.get("/learners/7/progress", server)).status).toBe(200);
  // Of the same issuer, for another service.
  const other: Record<string, unknown> = provider.variables.AUTH_AUDIENCE
    ? { aud: "another" }
    : { azp: "another", client_id: "another" };
  const elsewhere = await issuer.mint({ ...claims, ...other });
  expect((await set.get("/catalog", bearer(elsewhere))).status).toBe(401);
});
