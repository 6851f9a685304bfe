import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { afterEach, expect, it } from "vitest";
import { createApp } from "../../src/api/app.ts";
import { ANYONE } from "../../src/api/caller.ts";
import { noMetrics } from "../../src/process/metrics.ts";
import type { CatalogSource } from "../../src/service/catalog/catalog-source.ts";
import { createIngest } from "../../src/service/ingest/ingest.ts";
import { openDynamoStore } from "../../src/store/dynamodb/open.ts";
import { catalogOf } from "../support/builders/catalogs.ts";

const BATCHES = 240;
/** Of one module, so that a batch takes few calls: this process is the store and the clients, too, and time is short for all. */
const EVENTS = ["learning_module_started", "learning_module_completed"];
/** Each call is under way for so long, so that most of them wait for their turn; in-flight.test.ts has a store that is slow. */
const ANSWER_MS = 50;

const catalog = catalogOf({ "courses/ruby.json": { slug: "ruby", modules: ["strings", "types"] } });
const log = { debug() {}, info() {}, warn() {}, error() {} };
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", 2_048, done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A store that is well, if not fast: it takes whatever is written, and has nothing. */
const wellStore = () =>
  createServer((incoming, outgoing) => {
    incoming.resume();
    setTimeout(() => outgoing.end("{}"), ANSWER_MS);
  });

it(`answers ${BATCHES} batches at once without a 503, though each has a store call of its own to wait for`, async () => {
  const opened = openDynamoStore({ endpoint: await listen(wellStore()), region: "us-east-1" }, "many");
  const { store } = opened.connect("page");
  const source: CatalogSource = { current: () => catalog, faults: () => [], reload: async () => "unchanged" };
  const app = createApp(
    {
      store,
      catalog: source,
      ingest: createIngest({ store, catalog: source, log }),
      openApi: async () => "",
      client: async () => ({ client: "", elements: "" }),
    } as never,
    { log, metrics: noMetrics, authenticate: async () => ANYONE, allowedOrigins: [], isOpen: true },
  );
  const url = await listen(createAdaptorServer({ fetch: app.fetch }) as Server);

  const batchOf = (batch: number) =>
    EVENTS.map((eventName) => ({
      eventName,
      contactIdentifier: { contactId: `learner-${batch}` },
      payload: { module_slug: "strings", ts: "2026-01-18T10:15:00.000Z" },
    }));
  const answers = await Promise.all(
    Array.from({ length: BATCHES }, async (_, batch) => {
      const body = JSON.stringify({ events: batchOf(batch) });
      const answer = await fetch(`${url}/events/track`, { method: "POST", body });
      const { results = [] } = (await answer.json()) as { results?: { status: string }[] };
      return [answer.status, ...results.map(({ status }) => status)];
    }),
  );
  expect(answers).toEqual(answers.map(() => [200, ...EVENTS.map(() => "accepted")]));
  await opened.close();
});
