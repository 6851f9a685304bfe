import { Hono } from "hono";
import { expect, it } from "vitest";
import { catalog as answerCatalog, catalogVersions } from "../../src/api/handlers/service.ts";
import type { Services } from "../../src/api/route.ts";
import { Catalog, CatalogVersions } from "../../src/contract/index.ts";
import { AppError } from "../../src/model/errors.ts";
import { catalogSource } from "../../src/service/catalog/catalog-source.ts";
import { versionKeeper } from "../../src/service/catalog/keep-versions.ts";
import { createIngest } from "../../src/service/ingest/ingest.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";

const log = { debug() {}, info() {}, warn() {}, error() {} };
const courseNamed = (title: string) =>
  catalogOf({
    "courses/c.json": { slug: "c", title, modules: ["m"] },
    "modules/m/completion.json": { completion_tasks: [{ task_slug: "q", task_type: "quiz" }] },
    "modules/m/quiz.json": {
      passing_score: 50,
      questions: [{ id: "one", type: "single", options: ["a secret", "b"], correct_answer: "a secret" }],
    },
  });
const opened = sqliteStore();

async function serviceOf(before: string, after: string) {
  const { store } = opened();
  const [first, second] = [courseNamed(before), courseNamed(after)];
  const catalog = catalogSource(first, () => ({ ok: true, catalog: second }));
  const keep = versionKeeper({ store, catalog, log });
  await keep();
  await catalog.reload();
  await keep();
  const services: Services = {
    store,
    catalog,
    ingest: createIngest({ store, catalog, log }),
    openApi: async () => "{}",
    client: async () => ({}),
  };
  const app = new Hono();
  app.onError((error, context) => context.text(error instanceof AppError ? error.code : String(error), 400));
  app.get("/catalog", (context) => answerCatalog(context, services));
  app.get("/catalog/versions", (context) => catalogVersions(context, services));
  return { ask: (query = "", headers = {}) => app.request(`/catalog${query}`, { headers }), first, second };
}

it("A catalog that was published before is told by its version as it was, without the answers of its quizzes", async () => {
  const { ask, first, second } = await serviceOf("Old", "New");
  const current = await ask();
  const earlier = await ask(`?version=${first.version}`);
  expect([current.headers.get("etag"), earlier.headers.get("etag")]).toEqual([
    `"${second.version}"`,
    `"${first.version}"`,
  ]);
  const text = await earlier.text();
  const told = Catalog.parse(JSON.parse(text));
  expect([told.version, told.courses]).toEqual([first.version, [{ slug: "c", title: "Old", modules: ["m"] }]]);
  expect(text).not.toContain("a secret");
  expect((await ask(`?version=${first.version}`, { "if-none-match": `"${first.version}"` })).status).toBe(304);
});

it("Each version that was published is listed once, the newest first", async () => {
  await opened().raw.clear();
  const { ask, first, second } = await serviceOf("Older", "Newer");
  await serviceOf("Older", "Newer");
  const { versions } = CatalogVersions.parse(await (await ask("/versions")).json());
  expect(versions.map(({ version }) => version)).toEqual([second.version, first.version]);
  for (const { version } of versions) expect((await ask(`?version=${version}`)).status).toBe(200);
});

it.each([
  ["?version=0123456789abcdef", "NOT_FOUND"],
  ["?version=../x", "SCHEMA_VALIDATION_FAILED"],
])("A version that is none is refused: %s", async (query, code) => {
  const { ask } = await serviceOf("Old", "New");
  expect(await (await ask(query)).text()).toBe(code);
});

it("A version that cannot be kept is tried again, and hinders nobody", async () => {
  const kept: string[] = [];
  let isAway = true;
  const store = {
    keepCatalog: async ({ version }: { version: string }) => {
      if (isAway) throw new AppError("STORE_UNAVAILABLE", "away");
      kept.push(version);
    },
  };
  const catalog = courseNamed("Once");
  const keep = versionKeeper({ store, catalog: { current: () => catalog }, log });
  await keep();
  isAway = false;
  await Promise.all([keep(), keep()]);
  await keep();
  expect(kept).toEqual([catalog.version]);
});
