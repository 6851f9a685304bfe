import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { ROUTES } from "../../src/api/routes.ts";
import { createCatalog } from "../../src/catalog/catalog.ts";
import { toTimestamp } from "../../src/model/time.ts";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { createIngestByLearner } from "../../src/service/ingest/ingest.ts";
import { createClient } from "../../src/store/dynamodb/client.ts";
import { createStore } from "../../src/store/dynamodb/store.ts";
import { tableNames } from "../../src/store/dynamodb/tables.ts";
import { NEEDED_FIELDS } from "../support/builders/events.ts";
import type { Fate, StoreProxy } from "../support/fakes/store-proxy.ts";
import { event, request, type Service } from "../support/processes/service.ts";

/** Content in which each event of NEEDED_FIELDS has something to do. */
export const CONTENT = {
  "courses/ruby.json": { slug: "ruby", title: "Ruby", modules: ["strings"] },
  "courses/strict.json": {
    slug: "strict",
    title: "Strict",
    enforce_order: true,
    sequential: true,
    modules: ["s1", "s2"],
  },
  "pathways/full-stack.json": { slug: "full-stack", title: "Full stack", courses: ["ruby"] },
  "modules/strings/completion.json": {
    completion_tasks: [{ task_slug: "quiz-1", task_type: "quiz", passing_score: 75, max_attempts: 5 }],
    review_items: [{ id: "hola", front: "hola", back: "hello" }],
  },
};

const LEARNER = "ada";

/**
 * Every event twice: the first time round, some claim what later ones bring about. And what only some events come to:
 * a time that is earlier than the stored one, an item that two events change at once, a module whose order is enforced.
 */
export async function sendEveryEvent(service: Service, proxy: StoreProxy): Promise<void> {
  for (const round of [1, 2])
    for (const [name, fields] of Object.entries(NEEDED_FIELDS)) {
      const { status, text } = await service.post({
        eventName: name,
        contactIdentifier: { contactId: LEARNER },
        payload: { ...fields, ts: "2026-01-18T10:00:00Z" },
      });
      if (round === 2 && status !== 200) throw new Error(`${name} is answered ${status}: ${text}`);
    }
  await service.post(event("module_completed", LEARNER, { module_slug: "s2" }));
  // What comes with a completion is read from its record when it is summed up.
  const calm = { module_slug: "strings", completion_data: { mood: "calm" } };
  const { status, text } = await service.post(event("module_completed", LEARNER, calm));
  if (status !== 200) throw new Error(`A completion with data is answered ${status}: ${text}`);
  await startAtOnce(service, proxy);
}

/** Two events that each bring an earlier start: the second has changed the item before the first can. */
async function startAtOnce(service: Service, proxy: StoreProxy): Promise<void> {
  const start = (clock: string) =>
    service.post(event("module_started", LEARNER, { module_slug: "raced", ts: `2026-01-18T${clock}:00Z` }));
  await start("12:00");
  const [held, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  proxy.decide = async ({ command, body }): Promise<Fate> => {
    if (command === "UpdateItem" && body.ConditionExpression !== undefined) {
      held.resolve();
      await release.promise;
    }
    return "pass";
  };
  const first = start("10:00");
  await held.promise;
  proxy.decide = () => "pass";
  await start("11:00");
  release.resolve();
  await first;
}

/** An event of a learner whom another process has deleted since: it learns of it, and takes away what it wrote. */
export async function writeOfSomebodyDeleted(through: string, beside: string, prefix: string): Promise<void> {
  const learner = "deleted elsewhere";
  const [client, other] = [through, beside].map((endpoint) => createClient({ endpoint, region: "us-east-1" }));
  const store = createStore(client as DynamoDBDocumentClient, tableNames(prefix));
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const ingest = createIngestByLearner({
    store,
    log,
    catalog: fixedCatalog(createCatalog(NOTHING)),
  });
  const send = () => ingest([event("task_submitted", learner, { module_slug: "m", task_slug: "t", score: 1 })]);
  await send();
  const elsewhere = createStore(other as DynamoDBDocumentClient, tableNames(prefix));
  await elsewhere.markDeleted(learner, toTimestamp(Date.now()));
  const [result] = await send();
  if (result === undefined || "failure" in result || result.error?.code !== "LEARNER_DELETED")
    throw new Error(`An event of a deleted learner comes to ${JSON.stringify(result)}`);
  for (const one of [client, other]) one?.destroy();
}

const NOTHING = { courses: [], pathways: [], modules: [] };

const SLUGS = { modules: "strings", courses: "ruby", pathways: "full-stack" };

/** Every other route, those that take away last. */
export async function askEveryRoute({ url }: Service): Promise<void> {
  // Runs lie in files, and no table knows of them.
  const others = ROUTES.filter(({ path }) => path !== "/events/track" && path !== "/runs/:run");
  for (const { method, path } of others.toSorted((a, b) => Number(a.method !== "GET") - Number(b.method !== "GET"))) {
    const filled = path
      .replace(":id", LEARNER)
      .replace(/(modules|courses|pathways)\/:slug/, (_, kind: keyof typeof SLUGS) => `${kind}/${SLUGS[kind]}`);
    const { status, text } = await request(url, filled, { method });
    if (status >= 300) throw new Error(`${method} ${filled} is answered ${status}: ${text}`);
    // Behind those who have progress come those of whom the history alone knows.
    if (path === "/learners") await request(url, `${path}?cursor=${JSON.parse(text).next_cursor}`);
  }
}
