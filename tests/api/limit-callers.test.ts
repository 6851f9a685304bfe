import { expect, it } from "vitest";
import { createApp } from "../../src/api/app.ts";
import { Problem } from "../../src/contract/index.ts";
import type { Scope } from "../../src/model/scope.ts";
import { noMetrics } from "../../src/process/metrics.ts";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { createIngest } from "../../src/service/ingest/ingest.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";

const PAGE = "https://lms.example.com";
const log = { debug() {}, info() {}, warn() {}, error() {} };
const open = sqliteStore();

/** A service on whose clock seconds pass when it is told so; a token is `server` or a learner's id. */
function serviceWith({ rate, burst }: { rate: number; burst: number }) {
  const { store } = open();
  const catalog = fixedCatalog(catalogOf({ "courses/c.json": { slug: "c", modules: ["m"] } }));
  let time = 0;
  const counted: Record<string, number> = {};
  const app = createApp(
    {
      store,
      catalog,
      ingest: createIngest({ store, catalog, log }),
      openApi: async () => "{}",
      client: async () => ({}),
    },
    {
      log,
      metrics: {
        ...noMetrics,
        add(values) {
          for (const [name, value] of Object.entries(values)) counted[name] = (counted[name] ?? 0) + value;
        },
      },
      authenticate: async (token = "") => ({
        learnerId: token === "server" ? undefined : token,
        scopes: new Set<Scope>(token === "server" ? ["waymark:write"] : []),
        subject: token,
      }),
      allowedOrigins: [PAGE],
      isOpen: false,
      callerLimits: { learner: { rate, burst } },
      now: () => time,
    },
  );
  const started = (learner: string, n: number) => ({
    eventName: "learning_module_started",
    eventId: `${learner}-${n}`,
    contactIdentifier: { contactId: learner },
    payload: { module_slug: `m${n}`, ts: "2026-01-18T10:00:00Z" },
  });
  return {
    counted,
    pass: (seconds: number) => {
      time += seconds * 1_000;
    },
    get: (path: string, token: string) => app.request(path, { headers: { authorization: `Bearer ${token}` } }),
    /** As a page sends: the token is in the body. */
    send: (token: string, events: number, learner = token) =>
      app.request("/events/track", {
        method: "POST",
        headers: { "Content-Type": "text/plain", Origin: PAGE },
        body: JSON.stringify({
          token,
          events: Array.from({ length: events }, (_, n) => started(learner, n)),
        }),
      }),
  };
}

it("what a caller has used up is answered 429, with when to come again, and readable for a page of another origin", async () => {
  const { send, pass, get, counted } = serviceWith({ rate: 1, burst: 3 });
  let tries = 0;
  let answer = await send("ada", 1);
  while (answer.status === 200 && ++tries < 10) answer = await send("ada", 1);
  expect(tries).toBeGreaterThan(0);
  expect(answer.status).toBe(429);
  expect(answer.headers.get("access-control-allow-origin")).toBe(PAGE);
  expect(answer.headers.get("access-control-expose-headers")).toContain("Retry-After");
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  const told = Number(answer.headers.get("retry-after"));
  expect(told).toBeGreaterThan(0);
  expect(Problem.parse(await answer.json())).toMatchObject({ code: "TOO_MANY_REQUESTS", status: 429 });
  expect(counted.RequestsLimited).toBe(1);

  // Of reads too, and of nobody else.
  expect((await get("/learners/ada/progress", "ada")).status).toBe(429);
  expect((await send("bob", 1)).status).toBe(200);
  expect((await send("server", 1, "ada")).status).toBe(200);
  expect((await get("/health", "ada")).status).toBe(200);

  pass(told);
  expect((await send("ada", 1)).status).toBe(200);
});

it("a batch is taken whole, and costs what it asks of the store", async () => {
  const { send, get } = serviceWith({ rate: 1, burst: 20 });
  expect((await send("ada", 1)).status).toBe(200);
  expect((await send("ada", 100)).status).toBe(200);
  const answer = await get("/learners/ada/progress", "ada");
  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
});

it("who is told to wait pays nothing for asking", async () => {
  const { get, pass } = serviceWith({ rate: 1, burst: 2 });
  const ask = () => get("/learners/ada/progress", "ada");
  let answer = await ask();
  for (let tries = 0; answer.status === 200 && tries < 10; tries++) answer = await ask();
  const told = Number(answer.headers.get("retry-after"));
  for (let count = 0; count < 50; count++) expect((await ask()).headers.get("retry-after")).toBe(String(told));
  pass(told);
  expect((await ask()).status).toBe(200);
});
