import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, it } from "vitest";
import { packCatalog } from "../../src/catalog/pack.ts";
import { createClient } from "../../src/store/dynamodb/client.ts";
import { openDynamoStore } from "../../src/store/dynamodb/open.ts";
import { createStore } from "../../src/store/dynamodb/store.ts";
import { tableNames } from "../../src/store/dynamodb/tables.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { DEV, PROD, roleStatements, type Synthesized, statementsOf, synthesize } from "../support/builders/infra.ts";
import { startStepFunctions } from "../support/fakes/step-functions.ts";
import { callsThrough, type StoreCall } from "../support/fakes/store-calls.ts";
import { type StoreProxy, startStoreProxy } from "../support/fakes/store-proxy.ts";
import { dynaliteForFile } from "../support/processes/backfill.ts";
import { commandHere } from "../support/processes/command-here.ts";
import { command, outputFolder } from "../support/processes/commands.ts";
import { bucketForFile, functionsOn, MACHINE, nameOf } from "../support/processes/remote-run.ts";
import {
  completedModule,
  request,
  type Service,
  startService,
  temporaryFolder,
  writeContent,
} from "../support/processes/service.ts";
import type { StoreUnderTest } from "../support/processes/store-under-test.ts";
import { askEveryRoute, CONTENT, sendEveryEvent, writeOfSomebodyDeleted } from "./scenario.ts";

const endpoint = dynaliteForFile();

/** The calls that statements allow, written as those that the store makes. @throws for anything but a plain Allow */
function allowedBy({ one }: Synthesized, stage: typeof DEV, statements: ReturnType<typeof statementsOf>): StoreCall[] {
  const names = new Map(
    ["progress", "records"].map((name) => [
      one("AWS::DynamoDB::Table", "TableName", `${stage.prefix}-${name}`).id,
      name,
    ]),
  );
  return statements
    .filter(({ actions }) => actions.some((action) => action.startsWith("dynamodb:")))
    .flatMap(({ effect, actions, resources, conditions }) => {
      if (effect !== "Allow" || conditions !== undefined) throw new Error("Expected statements without conditions");
      return resources.flatMap((resource) => {
        const [, id = "", index = ""] = /^<(\w+)\.Arn>(\/index\/\w+)?$/.exec(resource) ?? [];
        return actions.map((action) => `${action.replace("dynamodb:", "")} ${names.get(id) ?? resource}${index}`);
      });
    })
    .sort();
}

const serviceBehind = async (proxy: StoreProxy, variables: Record<string, string>): Promise<Service> => {
  const service = await startService({ STORE: proxy.endpoint, ...variables });
  // What it takes to make the tables is not what it takes to use them.
  proxy.reset();
  return service;
};

describe("What a function may do with the tables is what the service does", () => {
  let byEvents: StoreCall[];
  let byAll: StoreCall[];

  beforeAll(async () => {
    const proxy = await startStoreProxy(endpoint());
    const service = await serviceBehind(proxy, { CONTENT_DIR: writeContent(temporaryFolder(), CONTENT) });
    await sendEveryEvent(service, proxy);
    await writeOfSomebodyDeleted(proxy.endpoint, endpoint(), "waymark");
    byEvents = callsThrough(proxy);
    await askEveryRoute(service);
    byAll = callsThrough(proxy);
    await service.kill();
  });

  it.each([
    { name: "http", stage: DEV },
    { name: "http", stage: PROD },
    { name: "queue", stage: DEV },
    { name: "queue", stage: PROD },
  ] as const)("no less and no more: the $name function of $stage.prefix", ({ name, stage }) => {
    const synthesized = synthesize(stage);
    const statements = roleStatements(synthesized, `${stage.prefix}-${name}`);
    const made = name === "http" ? byAll : byEvents;
    expect(allowedBy(synthesized, stage, statements)).toEqual(made);
  });
});

const roleOf = ({ named }: Synthesized, name: string) =>
  statementsOf(named("AWS::IAM::Role", name).Properties.Policies[0].PolicyDocument);

const SERVICES = ["s3", "states"];
/** The part of a resource's ARN that says whose it is; what pages are made of is published by its own command. */
const PLACES = { JobsRuns: "runs", CatalogBucket: "catalog", "-jobs": "jobs", JobsMachine: "jobs" };

/** What statements allow beside the tables, such as `s3:GetObject runs`. */
const allowedBeside = (statements: ReturnType<typeof statementsOf>): string[] =>
  sorted(
    statements.flatMap(({ actions, resources }) =>
      actions
        .filter((action) => SERVICES.includes(action.split(":")[0] ?? ""))
        .flatMap((action) => resources.map((resource) => [action, resource] as const))
        .filter(([, resource]) => !resource.startsWith("<PublicFiles"))
        .map(([action, resource]) => {
          const place = Object.entries(PLACES).find(([part]) => resource.includes(part))?.[1];
          return `${action} ${place ?? resource}`;
        }),
    ),
  );

const sorted = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

const S3_ACTIONS: Record<string, string> = { GET: "s3:GetObject", PUT: "s3:PutObject", POST: "s3:DeleteObject" };

/** What a request to a bucket needs a permission for. */
function actionOf(request: string): string {
  const [method = "", key = ""] = request.split(" ");
  if (key.startsWith("?")) return "s3:ListBucket runs";
  return `${S3_ACTIONS[method]} ${key.startsWith("/content/") ? "catalog" : "runs"}`;
}

describe("What an operator may do is what the commands do", () => {
  const bucket = bucketForFile();
  let made: StoreCall[];
  let madeBeside: string[];
  let madeByExport: StoreCall[];

  beforeAll(async () => {
    const proxy = await startStoreProxy(endpoint());
    const CONTENT_DIR = writeContent(temporaryFolder(), { "courses/ruby.json": { slug: "ruby", modules: ["a", "b"] } });
    const environment = { STORE: proxy.endpoint, TABLE_PREFIX: "operated", CONTENT_DIR };
    const service = await serviceBehind(proxy, environment);
    await service.post({
      events: [completedModule("ada", "a"), completedModule("bob", "a"), completedModule("bob", "b")],
    });
    await request(service.url, "/learners/cleo", { method: "DELETE" });
    await service.kill();
    // A process that died between its write and its look has left something of somebody who is deleted.
    const client = createClient({ endpoint: endpoint(), region: "us-east-1" });
    const late = createStore(client, tableNames("operated"));
    await late.addFacts("cleo", { type: "module", slug: "a" }, { startedAt: "2026-01-18T10:00:00.000Z" });
    await late.startSession("cleo", { sessionId: "s", sessionType: "t", startedAt: "2026-01-18T10:00:00.000Z" });
    // Of an earlier release: a completion and an attempt that are in no list.
    const older = tableNames("operated");
    const at = "2026-01-18T10:00:00.000Z";
    const progress = { learner_id: "old", entity: "MODULE#a", completed_at: at };
    const record = { learner_id: "old", record: `ATTEMPT#${at}#e`, module_slug: "a", completion_data: "{}" };
    await client.send(new PutCommand({ TableName: older.progress, Item: progress }));
    await client.send(new PutCommand({ TableName: older.records, Item: record }));
    client.destroy();

    // Ada gains the course and bob keeps it; then both lose it.
    const out = outputFolder();
    const done = async (
      name: "backfill" | "rollback" | "export" | "analytics" | "migrate-indexes",
      ...options: string[]
    ) => {
      const run = name === "backfill" || name === "rollback" ? commandHere : command;
      const { code, output } = await run(name, options, environment);
      if (code !== 0) throw new Error(output);
    };
    proxy.reset();
    writeContent(CONTENT_DIR, { "courses/ruby.json": { slug: "ruby", modules: ["a"] } });
    await done("migrate-indexes", "--dry-run", outputFolder().option);
    await done("migrate-indexes", outputFolder().option);
    await done("backfill", "--dry-run", out.option);
    await done("backfill", out.option);
    const gained = out.run();
    writeContent(CONTENT_DIR, { "courses/ruby.json": { slug: "ruby", modules: ["a", "b", "c"] } });
    await done("backfill", out.option);
    await done("rollback", `--run=${out.run()}`);
    await done("rollback", `--run=${gained}`);
    await done("rollback", `--run=${gained}`, "--verify");
    await done("export", "--learner=ada");
    await done("analytics", outputFolder().option, "--format=ndjson");
    made = callsThrough(proxy);
    proxy.reset();
    await done("analytics", outputFolder().option, "--format=ndjson");
    madeByExport = callsThrough(proxy);

    proxy.reset();
    madeBeside = await workedOnAws(environment, proxy, CONTENT_DIR);
    made = sorted([...made, ...callsThrough(proxy)]) as StoreCall[];
  });

  /** Publishes and has the deployment work, as an operator does, whose requests alone are counted. */
  async function workedOnAws(environment: Record<string, string>, proxy: StoreProxy, folder: string) {
    const opened = openDynamoStore({ endpoint: endpoint(), region: "us-east-1" }, "operated");
    const { store, leases, scanner } = opened.connect("batch");
    const worked = { store, leases, scanner } as StoreUnderTest;
    const next = { "courses/ruby.json": { slug: "ruby", modules: ["b"] } };
    const target = "endpoint operated-progress";
    const functions = functionsOn(worked, bucket().bucket, catalogOf(next), { target, from: Date.now() });
    const states = await startStepFunctions(MACHINE, (resource, input) => functions.call(nameOf(resource), input));
    const own = await bucket().stub.beside();
    const variables = {
      ...environment,
      STORE: proxy.endpoint,
      CATALOG_URI: "s3://content/catalog.json",
      CATALOG_TTL: "0",
      RUNS_URI: "s3://runs",
      JOBS_STATE_MACHINE: states.stateMachineArn,
      AWS_ENDPOINT_URL_S3: own.endpoint,
      AWS_ENDPOINT_URL_SFN: states.endpoint,
    };
    const done = async (name: "publish" | "backfill" | "rollback", ...options: string[]) => {
      const { code, output } = await commandHere(name, ["--on=aws", ...options], variables);
      if (code !== 0) throw new Error(output);
    };
    writeContent(folder, next);
    const before = { "courses/ruby.json": { slug: "ruby", modules: ["a", "b", "c"] } };
    await bucket().bucket.write("/content/catalog.json", packCatalog(catalogOf(before)));
    // A function of the API has gone by it before, and so the command need not wait for one.
    const kept = { version: catalogOf(next).version, publishedAt: "2026-01-18T10:00:00.000Z" };
    await store.keepCatalog(kept, () => packCatalog(catalogOf(next)));
    const out = outputFolder();
    await done("publish", "--dry-run", "--yes", out.option);
    await done("publish", "--yes", out.option);
    await done("rollback", `--run=${out.run()}`);
    await done("backfill", "--segments=2", out.option);
    await done("backfill", `--follow=${out.runs().at(-1)}`, out.option);
    await done("backfill", `--stop=${out.runs().at(-1)}`);
    await own.close();
    await opened.close();
    return sorted([...own.requests.map(actionOf), ...states.requests.map((name) => `states:${name} jobs`)]);
  }

  it.each([DEV, PROD])("nor does the night's export of $prefix need less or more", (stage) => {
    const synthesized = synthesize(stage);
    expect(allowedBy(synthesized, stage, roleOf(synthesized, "ExportRole"))).toEqual(madeByExport);
  });

  it.each([DEV, PROD])("no less and no more: $prefix", (stage) => {
    const synthesized = synthesize(stage);
    const policy = synthesized.named("AWS::IAM::ManagedPolicy", "OperatorPolicy").Properties;
    expect(allowedBy(synthesized, stage, statementsOf(policy.PolicyDocument))).toEqual(made);
    // S3 tells those alone who may list that an object is missing, which is as often so as not.
    expect(allowedBeside(statementsOf(policy.PolicyDocument))).toEqual(
      sorted([...madeBeside, "s3:ListBucket catalog"]),
    );
    expect(policy).not.toHaveProperty("Roles");
    expect(policy).not.toHaveProperty("Users");
  });
});
