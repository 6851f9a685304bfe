import { existsSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { packCatalog } from "../../src/catalog/pack.ts";
import { createClient } from "../../src/store/dynamodb/client.ts";
import { createMissingTables } from "../../src/store/dynamodb/provision.ts";
import { tableNames } from "../../src/store/dynamodb/tables.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { createIssuer } from "../support/builders/tokens.ts";
import { startS3 } from "../support/fakes/s3-stub.ts";
import { commandHere } from "../support/processes/command-here.ts";
import { outputFolder } from "../support/processes/commands.ts";
import { buildIn, type HttpResult, type Lambda, startLambda } from "../support/processes/lambda.ts";
import {
  completedModule,
  eventually,
  type Service,
  startService,
  temporaryFolder,
  writeContent,
} from "../support/processes/service.ts";
import { startDynalite } from "../support/processes/stores.ts";
import { CONTENT } from "./content.ts";

const bundled = catalogOf(CONTENT);
/** The same, but the course asks for one module only. */
const eased = catalogOf({ ...CONTENT, "courses/ruby.json": { slug: "ruby", title: "Ruby", modules: ["strings"] } });
const CONTENT_DIR = writeContent(temporaryFolder(), CONTENT);

const s3 = await startS3();
const VARIABLES = { CATALOG_URI: "s3://content/catalog.json", CATALOG_TTL: "0", AWS_ENDPOINT_URL_S3: s3.endpoint };
beforeEach(() => s3.reset());

let dynalite: { endpoint: string; server: Server };
beforeAll(async () => {
  dynalite = await startDynalite();
});
afterAll(() => {
  dynalite.server.closeAllConnections();
  dynalite.server.close();
});

describe("The service on this machine", () => {
  let service: Service;
  afterAll(() => service?.kill());

  it("starts with the object's catalog, and takes a new one while it runs", async () => {
    s3.object = packCatalog(bundled);
    service = await startService({ CONTENT_DIR, ...VARIABLES });
    expect(service.output()).toContain(
      `${bundled.version}: 1 pathways, 1 courses, 4 modules, from s3://content/catalog.json`,
    );
    expect((await service.post(completedModule("ada", "strings"))).body.courses).toMatchObject([{ completed: false }]);
    s3.object = packCatalog(eased);
    await eventually(async () =>
      expect((await service.get("/health")).body).toMatchObject({ status: "ok", catalog_version: eased.version }),
    );
    expect((await service.post(completedModule("ada", "strings"))).body.courses).toMatchObject([{ completed: true }]);
  });

  it("keeps its last good one beside a faulty one, says so, and takes events", async () => {
    s3.object = packCatalog(eased).slice(0, -9);
    await eventually(async () =>
      expect((await service.get("/health")).body).toEqual({
        status: "degraded",
        catalog_version: eased.version,
        counts: expect.anything(),
        catalog_fault_count: 1,
        catalog_faults: [{ file: "catalog.json", path: "", message: expect.stringMatching(/checksum/) }],
      }),
    );
    for (let request = 0; request < 5; request++)
      expect((await service.post(completedModule("bea", "strings"))).status).toBe(200);
    expect(service.logs().filter(({ level }) => level === "ERROR")).toHaveLength(1);
  });

  it("starts with the content folder's where there is no object", async () => {
    const alone = await startService({ CONTENT_DIR, ...VARIABLES });
    expect(alone.output()).toContain(`from ${CONTENT_DIR}, since s3://content/catalog.json cannot be used`);
    expect((await alone.get("/health")).body).toMatchObject({ status: "degraded", catalog_version: bundled.version });
    await alone.kill();
  });
});

describe("A command", () => {
  const DATA_DIR = temporaryFolder();
  beforeAll(async () => {
    const service = await startService({ CONTENT_DIR, DATA_DIR });
    await service.post(completedModule("ada", "strings"));
    await service.kill();
  });
  const backfill = () =>
    commandHere("backfill", ["--dry-run", outputFolder().option], { CONTENT_DIR, DATA_DIR, ...VARIABLES });

  it("works by the object's catalog, and says so", async () => {
    s3.object = packCatalog(eased);
    const { code, output } = await backfill();
    expect(output).toMatch(new RegExp(`catalog  ${eased.version}: .*, from s3://content/catalog.json`));
    expect(output).toContain("1 would change: 1 course flag");
    expect(code).toBe(0);
  });

  it.each([
    ["there is none", () => undefined, "There is no such object"],
    ["it is faulty", () => packCatalog(eased).slice(0, 99), "Its checksum does not hold"],
  ])("stops where %s", async (_, object, reason) => {
    s3.object = object();
    const { code, output } = await backfill();
    expect(output).toContain(`The content in s3://content/catalog.json has 1 fault:\n  catalog.json: ${reason}`);
    expect([code, output.includes("dry:")]).toEqual([2, false]);
  });
});

describe("The Lambda's bundle", () => {
  let dist: string;
  const started: Lambda<HttpResult>[] = [];
  beforeAll(async () => {
    dist = buildIn(CONTENT_DIR);
    const client = createClient({ endpoint: dynalite.endpoint, region: "eu-central-1" });
    await createMissingTables(client, tableNames("lambda"));
    client.destroy();
  });
  afterAll(() => {
    for (const { process } of started) process.kill();
  });
  const start = async () => {
    const { variables: issuer } = await createIssuer();
    const variables = { STORE: dynalite.endpoint, TABLE_PREFIX: "lambda", ...VARIABLES, ...issuer };
    const lambda = await startLambda(process.execPath, join(dist, "lambda/index.mjs"), variables);
    started.push(lambda);
    return lambda;
  };
  const health = async (lambda: Lambda<HttpResult>) => {
    const [file] = ["20-http-api-health.json"].map((name) => join(import.meta.dirname, "events", name));
    const { statusCode, body } = await lambda.invoke(JSON.parse(readFileSync(file as string, "utf8")));
    expect(statusCode).toBe(200);
    return JSON.parse(body);
  };

  it("comes with the catalog as a file of its own, the same as its own", () => {
    expect(readFileSync(join(dist, "catalog.json"), "utf8")).toBe(packCatalog(bundled));
    expect(existsSync(join(dist, "lambda/queue.mjs"))).toBe(true);
  });

  it("starts with the object's catalog, and takes a new one between requests", async () => {
    s3.object = packCatalog(eased);
    const lambda = await start();
    expect(await health(lambda)).toMatchObject({ status: "ok", catalog_version: eased.version });
    s3.object = readFileSync(join(dist, "catalog.json"), "utf8");
    await health(lambda);
    // The look went beside the request before.
    expect(await health(lambda)).toMatchObject({ status: "ok", catalog_version: bundled.version });
  });

  it.each(["missing", "denied", "other region", "hang"] as const)(
    "starts with its own where S3 fails (%s), and takes the object's when it can",
    async (fate) => {
      s3.object = packCatalog(eased);
      s3.fate = fate;
      const lambda = await start();
      expect(await health(lambda)).toMatchObject({ catalog_version: bundled.version });
      s3.fate = "give";
      await eventually(
        async () => expect(await health(lambda)).toMatchObject({ status: "ok", catalog_version: eased.version }),
        15_000,
      );
      expect(lambda.output()).not.toMatch(/\n\s+at /);
    },
  );

  it.each([
    ["S3 answers meanwhile", () => {}],
    ["S3 hangs up meanwhile", () => Object.assign(s3, { fate: "cut off" })],
  ])(
    "may be frozen between two requests, in the midst of a look, for longer than it would wait: %s",
    async (_, meanwhile) => {
      s3.object = packCatalog(bundled);
      const lambda = await start();
      let open = () => {};
      s3.gate = new Promise((done) => {
        open = done;
      });
      s3.object = packCatalog(eased);
      expect(await health(lambda)).toMatchObject({ catalog_version: bundled.version });
      lambda.process.kill("SIGSTOP");
      meanwhile();
      s3.gate = undefined;
      open();
      await sleep(4_000);
      lambda.process.kill("SIGCONT");
      s3.fate = "give";
      await eventually(async () =>
        expect(await health(lambda)).toMatchObject({ status: "ok", catalog_version: eased.version }),
      );
    },
  );
});
