import { readdirSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createClient } from "../../../src/store/dynamodb/client.ts";
import { createMissingTables } from "../../../src/store/dynamodb/provision.ts";
import { tableNames } from "../../../src/store/dynamodb/tables.ts";
import { contentDir } from "../../e2e/content.ts";
import { queueEvent } from "../../support/builders/queue-events.ts";
import { ALL_SCOPES, createIssuer, type Issuer } from "../../support/builders/tokens.ts";
import { startSqs } from "../../support/fakes/sqs-stub.ts";
import { buildIn, type HttpResult, type Lambda, startLambda } from "../../support/processes/lambda.ts";
import { completedModule, type Json } from "../../support/processes/service.ts";
import { startDynalite } from "../../support/processes/stores.ts";
import { InitError, type LambdaFunction, startFunction } from "./function.ts";
import { runtimeClient } from "./install.ts";

const EVENTS = join(import.meta.dirname, "../../e2e/events");
const recorded = readdirSync(EVENTS)
  .sort()
  .map((file): [string, APIGatewayProxyEventV2] => [
    file.replace(/\.json$/, ""),
    JSON.parse(readFileSync(join(EVENTS, file), "utf8")),
  ]);

const sqs = await startSqs();
let client: string;
let issuer: Issuer;
let folder: string;
let dynalite: { endpoint: string; server: Server };
const running: LambdaFunction[] = [];

beforeAll(async () => {
  client = runtimeClient();
  issuer = await createIssuer();
  const authorization = `Bearer ${await issuer.mint({ scope: ALL_SCOPES })}`;
  for (const [, { headers }] of recorded) headers.authorization = authorization;
  folder = join(buildIn(contentDir()), "lambda");
  dynalite = await startDynalite();
  const store = createClient({ endpoint: dynalite.endpoint, region: "eu-central-1" });
  for (const prefix of ["runtime", "direct"]) await createMissingTables(store, tableNames(prefix));
  store.destroy();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});
afterAll(() => {
  dynalite.server.closeAllConnections();
  dynalite.server.close();
});

async function start(handler: string, variables: Record<string, string>): Promise<LambdaFunction> {
  const started = await startFunction({ client, folder, handler, variables });
  running.push(started);
  return started;
}
const inStore = (prefix = "runtime") => ({ STORE: dynalite.endpoint, TABLE_PREFIX: prefix, ...issuer.variables });

/** Without what depends on the moment. */
const timeless = (value: Json): Json =>
  JSON.parse(JSON.stringify(value), (key, inner) => (key === "recorded_at" && inner !== null ? "then" : inner));
const parsed = ({ body, ...rest }: HttpResult) =>
  timeless({ ...rest, body: /json/.test(rest.headers["content-type"] ?? "") && body !== "" ? JSON.parse(body) : body });

describe("The bundle under AWS's own runtime", () => {
  it("answers the recorded events as its handler does, all in one process", async () => {
    const lambda = await start("index.handler", inStore());
    const direct: Lambda<HttpResult> = await startLambda(
      process.execPath,
      join(folder, "index.mjs"),
      inStore("direct"),
    );
    for (const [name, event] of recorded) {
      const { answer, error } = await lambda.invoke(event);
      expect([name, error]).toEqual([name, undefined]);
      expect([name, parsed(answer as HttpResult)]).toEqual([name, parsed(await direct.invoke(event))]);
    }
    expect(lambda.output()).not.toMatch(/\n\s+at /);
    direct.process.kill();
  });

  it("answers many events in one process", async () => {
    const lambda = await start("index.handler", inStore());
    const [, post] = recorded[0] as [string, APIGatewayProxyEventV2];
    for (let learner = 0; learner < 300; learner++) {
      const body = JSON.stringify(completedModule(`many-${learner}`, "strings"));
      const { answer } = await lambda.invoke({ ...post, body, isBase64Encoded: false });
      expect(answer).toMatchObject({ statusCode: 200 });
    }
  });

  it("takes messages from a queue, and says which are to come again", async () => {
    const variables = { ...inStore(), DEAD_LETTER_QUEUE_URL: sqs.queueUrl, AWS_ENDPOINT_URL_SQS: sqs.endpoint };
    const lambda = await start("queue.handler", variables);
    const claim = {
      eventName: "learning_course_completed",
      contactIdentifier: { contactId: "queued" },
      payload: { course_slug: "ruby" },
    };
    const take = async (receives: number) =>
      (
        await lambda.invoke(
          queueEvent(
            { id: "no-json", body: "{" },
            { id: "early", body: claim, receives },
            { id: "good", body: completedModule("queued", "strings") },
          ),
        )
      ).answer;
    expect(await take(1)).toEqual({ batchItemFailures: [{ itemIdentifier: "early" }] });
    expect(sqs.messages.map(({ attributes }) => attributes.code)).toEqual(["INVALID_JSON"]);
    expect(await take(4)).toEqual({ batchItemFailures: [] });
    expect(sqs.messages.map(({ attributes }) => attributes.code).sort()).toEqual([
      "COMPLETION_NOT_REACHED",
      "INVALID_JSON",
      "INVALID_JSON",
    ]);
  });

  it.each([
    [
      "index.handler",
      /\tSTORE: a Lambda has no disk.*\rAUTH_ISSUER, AUTH_JWKS, and AUTH_AUDIENCE or AUTH_CLIENT_IDS: without them/,
    ],
    ["queue.handler", /\tSTORE: a Lambda has no disk.*\rDEAD_LETTER_QUEUE_URL: what can never succeed/],
  ])("%s ends without its environment, and its log says why, without a stack", async (handler, message) => {
    const refused = await start(handler, {}).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InitError);
    expect((refused as InitError).message).toMatch(/^Exit: /);
    expect((refused as InitError).message).toMatch(message);
    expect((refused as InitError).message).not.toMatch(/\n\s+at /);
  });
});
