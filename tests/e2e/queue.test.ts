import type { Server } from "node:http";
import { join } from "node:path";
import type { SQSBatchResponse } from "aws-lambda";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readProgress } from "../../src/service/read/read.ts";
import { createClient } from "../../src/store/dynamodb/client.ts";
import { createMissingTables } from "../../src/store/dynamodb/provision.ts";
import { createStore } from "../../src/store/dynamodb/store.ts";
import { tableNames } from "../../src/store/dynamodb/tables.ts";
import type { Store } from "../../src/store/store.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { type Delivered, queueEvent } from "../support/builders/queue-events.ts";
import { startSqs } from "../support/fakes/sqs-stub.ts";
import { startStoreProxy } from "../support/fakes/store-proxy.ts";
import { buildIn, type Lambda, nodeOnPath, startLambda } from "../support/processes/lambda.ts";
import { completedModule, event } from "../support/processes/service.ts";
import { startDynalite } from "../support/processes/stores.ts";
import { CONTENT, contentDir } from "./content.ts";

const CATALOG = catalogOf(CONTENT);
const sqs = await startSqs();
let bundle: string;
let dynalite: { endpoint: string; server: Server };
let proxy: Awaited<ReturnType<typeof startStoreProxy>>;
let client: ReturnType<typeof createClient>;

beforeAll(async () => {
  bundle = join(buildIn(contentDir()), "lambda/queue.mjs");
  dynalite = await startDynalite();
  proxy = await startStoreProxy(dynalite.endpoint);
  client = createClient({ endpoint: dynalite.endpoint, region: "eu-central-1" });
});
afterAll(() => {
  client.destroy();
  dynalite.server.closeAllConnections();
  dynalite.server.close();
});
beforeEach(() => {
  proxy.reset();
  Object.assign(sqs, { messages: [], isDown: false });
});

const claim = (learner: string) => event("course_completed", learner, { course_slug: "ruby" });

describe.each([24, 20])("On Node %i", (major) => {
  const node = nodeOnPath(major);

  describe.skipIf(node === undefined)("the queue's function", () => {
    let lambda: Lambda<SQSBatchResponse>;
    let store: Store;
    const variables = () => ({
      STORE: proxy.endpoint,
      TABLE_PREFIX: `queue-${major}`,
      DEAD_LETTER_QUEUE_URL: sqs.queueUrl,
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    });
    beforeAll(async () => {
      const tables = tableNames(`queue-${major}`);
      await createMissingTables(client, tables);
      store = createStore(client, tables);
      lambda = await startLambda(node as string, bundle, variables());
    });

    /** Delivers messages. @returns the ids of those that are to come again */
    const deliver = async (...messages: Delivered[]) =>
      (await lambda.invoke(queueEvent(...messages))).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    const completed = async (learner: string) => {
      const { modules, courses } = await readProgress(store, CATALOG, learner);
      return [
        ...modules.flatMap(({ slug, completedAt }) => (completedAt ? [slug] : [])),
        ...courses.flatMap(({ entity, state }) => (state.flag ? [entity.slug] : [])),
      ].sort();
    };

    it("takes one event, and several, and what they complete", async () => {
      const retried = await deliver(
        { id: "1", body: completedModule("ada", "strings") },
        { id: "2", body: { events: [completedModule("ada", "arrays"), completedModule("bea", "strings")] } },
      );
      expect([retried, sqs.messages]).toEqual([[], []]);
      expect(await completed("ada")).toEqual(["arrays", "ruby", "strings"]);
      expect(await completed("bea")).toEqual(["strings"]);
    });

    it("sends what can never succeed to the dead letters, with the reason, and takes the rest", async () => {
      const unknown = event("course_completed", "cec", { course_slug: "perl" });
      const retried = await deliver(
        { id: "no-json", body: "{" },
        { id: "mixed", body: { events: [unknown, completedModule("cec", "strings")] } },
      );
      expect(retried).toEqual([]);
      expect(await completed("cec")).toEqual(["strings"]);
      const byId = Object.fromEntries(sqs.messages.map((one) => [one.attributes.source_message_id, one]));
      expect(byId["no-json"]).toMatchObject({
        queueUrl: sqs.queueUrl,
        body: "{",
        attributes: { code: "INVALID_JSON" },
      });
      expect(byId.mixed).toMatchObject({
        body: JSON.stringify({ events: [unknown] }),
        attributes: { code: "UNKNOWN_COURSE", reason: "The catalog has no course perl" },
      });
      expect(sqs.messages).toHaveLength(2);
    });

    it("waits for the facts of an early claim, and gives it up at the fourth time", async () => {
      const early = (receives: number) => deliver({ id: "early", body: claim("dan"), receives });
      for (const receives of [1, 2, 3]) expect([await early(receives), sqs.messages]).toEqual([["early"], []]);
      await deliver(
        { id: "facts", body: { events: [completedModule("eve", "strings"), completedModule("eve", "arrays")] } },
        { id: "late", body: claim("eve"), receives: 4 },
      );
      expect(sqs.messages).toEqual([]);
      expect(await early(4)).toEqual([]);
      expect(sqs.messages).toMatchObject([
        {
          body: JSON.stringify(claim("dan")),
          attributes: {
            code: "COMPLETION_NOT_REACHED",
            reason: "Course not actually complete: 0/2 modules completed",
          },
        },
      ]);
    });

    it("lets those messages alone come again whose learners the store did not take", async () => {
      proxy.decide = ({ body }) => (JSON.stringify(body).includes("fay") ? "throttle" : "pass");
      const messages = ["fay", "gus"].map((learner) => ({ id: learner, body: completedModule(learner, "strings") }));
      expect(await deliver(...messages)).toEqual(["fay"]);
      expect([await completed("fay"), await completed("gus")]).toEqual([[], ["strings"]]);
      proxy.reset();
      expect(await deliver(...messages)).toEqual([]);
      expect(await completed("fay")).toEqual(["strings"]);
    });

    it("counts a message once that is delivered twice, also one without times", async () => {
      const body = { ...event("module_completed", "hal", { module_slug: "strings" }) };
      const message = { id: "twice", body, sentAt: "2026-01-18T09:00:00.000Z" };
      for (const receives of [1, 2]) await deliver({ ...message, receives });
      expect((await store.attempts("hal", { limit: 10 })).attempts).toMatchObject([
        { occurredAt: "2026-01-18T09:00:00.000Z" },
      ]);
    });

    it("lets a message come again whose dead letter cannot be sent", async () => {
      sqs.isDown = true;
      expect(await deliver({ id: "stuck", body: "{" })).toEqual(["stuck"]);
      sqs.isDown = false;
      expect(await deliver({ id: "stuck", body: "{" })).toEqual([]);
      expect(sqs.messages).toHaveLength(1);
    });

    it("logs a line for each invocation and each dead letter, with nobody's name", async () => {
      const before = lambda.output().length;
      await deliver({
        id: "message-1",
        body: { events: [claim("ida"), event("module_completed", "ida", {})] },
        receives: 4,
      });
      const lines = lambda
        .output()
        .slice(before)
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(lines).toMatchObject([
        { level: "WARN", message: "Claim refused", course_slug: "ruby", code: "COMPLETION_NOT_REACHED" },
        { level: "WARN", message: "Dead letter sent", code: "COMPLETION_NOT_REACHED,SCHEMA_VALIDATION_FAILED" },
        { level: "INFO", messages: 1, events: 2, refused: 2, event_names: { learning_course_completed: 1 } },
        { service: `queue-${major}`, Events: 2, EventsRefused: 2, ClaimsRefused: 1, DeadLetters: 1, StoreFailures: 0 },
      ]);
      expect(JSON.stringify(lines)).not.toMatch(/ida|message-1/);
    });

    it("refuses to start without a store and a place for dead letters, and says so", async () => {
      const { STORE: _, DEAD_LETTER_QUEUE_URL: __, ...rest } = variables();
      await expect(startLambda(node as string, bundle, rest)).rejects.toThrow(
        /STORE: a Lambda has no disk.*\n.*DEAD_LETTER_QUEUE_URL: what can never succeed/,
      );
    });
  });
});
