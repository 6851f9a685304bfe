import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { packCatalog } from "../../src/catalog/pack.ts";
import type { PublishArguments } from "../../src/commands/publish-choices.ts";
import { runPublishCommand } from "../../src/commands/publish-command.ts";
import { startServer } from "../../src/local/server.ts";
import { canonicalJson } from "../../src/model/canonical-json.ts";
import { readEnvironment } from "../../src/process/environment.ts";
import { openDynamoStore } from "../../src/store/dynamodb/open.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { type Content, catalogOf } from "../support/builders/catalogs.ts";
import { startS3 } from "../support/fakes/s3-stub.ts";
import { dynaliteForFile, filesOf, rollback } from "../support/processes/backfill.ts";
import { command, outputFolder } from "../support/processes/commands.ts";
import {
  completedModule,
  event,
  eventually,
  request,
  temporaryFolder,
  writeContent,
} from "../support/processes/service.ts";

const course = (...modules: string[]): Content => ({ "courses/ruby.json": { slug: "ruby", modules } });
const [TWO, THREE, ONE] = [course("strings", "arrays"), course("strings", "arrays", "hashes"), course("strings")];
const versionOf = (content: Content) => catalogOf(content).version;
const log = { debug() {}, info() {}, warn() {}, error() {} };

const out = outputFolder();
const ASKED: PublishArguments = {
  dryRun: false,
  yes: false,
  backfill: true,
  on: "here",
  outputDir: out.folder,
  force: false,
};

/** Publishes in this process. @returns the exit code, and what it said */
async function publish(variables: Record<string, string>, asked: Partial<PublishArguments> = {}, clock?: TestClock) {
  const lines: string[] = [];
  const around = {
    environment: readEnvironment({ PORT: "0", LOG_LEVEL: "SILENT", ...variables }),
    print: (line: string) => void lines.push(line),
    clock: clock ?? { now: Date.now, sleep },
  };
  const code = await runPublishCommand({ ...ASKED, ...asked }, around);
  return { code, output: lines.join("\n") };
}

/** A clock that moves when somebody sleeps. */
type TestClock = { now(): number; sleep(ms: number): Promise<void> };
function testClock(onSleep: () => unknown = () => {}): TestClock {
  let now = Date.now();
  return {
    now: () => now,
    async sleep(ms) {
      now += ms;
      await onSleep();
    },
  };
}

/** All that is stored of learners, as it lies in the file, but for the order of an item's attributes. */
function learnersIn(dataDir: string): unknown[] {
  const database = new DatabaseSync(join(dataDir, "waymark.db"), { readOnly: true });
  try {
    return ["progress", "records"].flatMap((table) =>
      database
        .prepare(`SELECT * FROM ${table} WHERE substr(learner_id, 1, 1) <> char(1) ORDER BY 1, 2, 3`)
        .all()
        .map(({ sum: _, item, ...keys }) => canonicalJson({ ...keys, item: JSON.parse(String(item)) })),
    );
  } finally {
    database.close();
  }
}

describe("A release on this machine", () => {
  const [CONTENT_DIR, DATA_DIR] = [writeContent(temporaryFolder(), TWO), temporaryFolder()];
  let server: Awaited<ReturnType<typeof startServer>>;
  let variables: Record<string, string>;
  let before: unknown[];
  let released: string;
  const health = async () => (await request(server.url, "/health")).body;
  const version = async () => (await health()).catalog_version;

  beforeAll(async () => {
    server = await startServer(readEnvironment({ CONTENT_DIR, DATA_DIR, PORT: "0", LOG_LEVEL: "SILENT" }), log);
    variables = { CONTENT_DIR, DATA_DIR, PORT: new URL(server.url).port };
    const send = (body: object) =>
      request(server.url, "/events/track", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
    for (const learner of ["ada", "bob"])
      for (const module of ["strings", "arrays"]) await send(completedModule(learner, module));
    await send(event("course_completed", "ada", { course_slug: "ruby", completed_at: "2026-01-18T10:02:00Z" }));
    await send(completedModule("cyd", "strings"));
  });
  afterAll(() => server.close());

  it("is first of what the service follows, and changes nothing", async () => {
    before = learnersIn(DATA_DIR);
    const { code, output } = await publish(variables);
    expect(output).toMatch(/^differs {2}in nothing$/m);
    expect(code).toBe(0);
    expect(learnersIn(DATA_DIR)).toEqual(before);
    expect(await publish(variables)).toMatchObject({
      code: 0,
      output: expect.stringContaining("Nothing differs from what is published"),
    });
  });

  it("goes before the content folder, for the service and for commands", async () => {
    writeContent(CONTENT_DIR, THREE);
    await sleep(1_500);
    expect(await version()).toBe(versionOf(TWO));
    const { output } = await command("backfill", ["--dry-run", out.option], { CONTENT_DIR, DATA_DIR });
    expect(output).toMatch(new RegExp(`catalog  ${versionOf(TWO)}: .*, from ${DATA_DIR}/catalog.json`));
  });

  it.each([
    ["a dry run", { dryRun: true }],
    ["a release", {}],
    ["a release without a backfill", { backfill: false }],
  ])("that would end more than 1 % of an entity's completions is asked about: %s", async (_, asked) => {
    const { code, output } = await publish(variables, asked);
    expect(code).toBe(1);
    expect(output).toContain("  course ruby: its definition changes\n  module hashes: new");
    expect(output).toMatch(/complete {2}gain {2}lose {2}expire {2}move\n {2}course ruby +2 +0 +2 +0 +0/);
    expect(output).toContain("lose course ruby: ada, bob");
    expect([await version(), learnersIn(DATA_DIR)]).toEqual([versionOf(TWO), before]);
  });

  it("is taken by the service, and settles the flags that it concerns", async () => {
    const { code, output } = await publish(variables, { yes: true });
    expect(output).toContain(`taken    by the service at ${server.url}/health`);
    expect([code, await version()]).toEqual([0, versionOf(THREE)]);
    released = out.run();
    expect(
      filesOf(released)
        .changes.map(({ contact_id }) => contact_id)
        .sort(),
    ).toEqual(["ada", "bob"]);
    expect(output).toContain(`--to=${versionOf(TWO)} --no-backfill`);
    expect(output).toContain(`npm run rollback -- --run=${released}`);
    expect((await request(server.url, "/courses/ruby/completions")).body.completions).toEqual([]);
    expect(learnersIn(DATA_DIR)).not.toEqual(before);
  });

  it("leaves every version to be fetched", async () => {
    for (const content of [TWO, THREE]) {
      const { status, body } = await request(server.url, `/catalog?version=${versionOf(content)}`);
      expect([status, body.version]).toEqual([200, versionOf(content)]);
    }
  });

  it("is taken back, and with its run every byte of learners is as it was", async () => {
    const { code } = await publish(variables, { to: versionOf(TWO), backfill: false, yes: true });
    expect([code, await version()]).toEqual([0, versionOf(TWO)]);
    const opened = await openSqliteStore(DATA_DIR);
    const tally = await rollback(opened.connect("batch").store, filesOf(released).changes);
    await opened.close();
    expect(tally).toMatchObject({ undone: 2, notUndone: 0 });
    expect(learnersIn(DATA_DIR)).toEqual(before);
  });

  it("is over with --to=content: the service follows the folder again", async () => {
    const { code, output } = await publish(variables, { to: "content", yes: true });
    expect(output).toContain(`The service follows ${CONTENT_DIR} again.`);
    expect([code, await version()]).toEqual([0, versionOf(THREE)]);
    writeContent(CONTENT_DIR, ONE);
    await eventually(async () => expect(await version()).toBe(versionOf(ONE)));
    expect(await publish(variables, { to: "content" })).toMatchObject({ code: 0 });
  });

  it("that gives completions asks nothing, and its run settles what it concerns alone", async () => {
    await publish(variables, { to: versionOf(THREE), backfill: false, yes: true });
    const { code, output } = await publish(variables);
    expect(output).toContain("gain course ruby: ");
    expect([code, await version()]).toEqual([0, versionOf(ONE)]);
    expect(filesOf(out.run()).checkpoint.options.entities).toEqual([{ type: "course", slug: "ruby" }]);
  });
});

describe("A release is refused", () => {
  const CONTENT_DIR = writeContent(temporaryFolder(), TWO);
  const fresh = () => ({ CONTENT_DIR, DATA_DIR: temporaryFolder() });

  it.each<[string, Partial<PublishArguments>, Record<string, string>, RegExp]>([
    ["without content", {}, { CONTENT_DIR: "/nowhere" }, /There is no content in \/nowhere. Set CONTENT_DIR/],
    [
      "of a version that nobody knows",
      { to: "abc" },
      {},
      /No catalog of version abc was ever published here.\nNone is kept/,
    ],
    ["without a store to try it on", { dryRun: true }, {}, /There are no data in .* Check DATA_DIR/],
    ["on AWS without an object", { on: "aws" }, {}, /--on=aws needs CATALOG_URI/],
    ["on AWS beside a store that is here", { on: "aws" }, { CATALOG_URI: "s3://b/k" }, /Set STORE=aws/],
    ["here where the service reads the bucket", {}, { CATALOG_URI: "s3://b/k" }, /Publish there with --on=aws/],
    ["here where the store is on AWS", {}, { STORE: "aws" }, /Set CATALOG_URI, and give --on=aws/],
    [
      "on AWS without jobs to settle flags",
      { on: "aws" },
      { CATALOG_URI: "s3://b/k", STORE: "aws" },
      /needs RUNS_URI and JOBS_STATE_MACHINE/,
    ],
    [
      "to the folder on AWS",
      { on: "aws", to: "content" },
      { CATALOG_URI: "s3://b/k", STORE: "aws" },
      /leave --to out, to publish the folder/,
    ],
  ])("%s", async (_, asked, variables, message) => {
    const refused = publish({ ...fresh(), ...variables }, asked);
    await expect(refused).rejects.toMatchObject({ name: "StartError", message: expect.stringMatching(message) });
  });

  it("of faulty content, fault by fault", async () => {
    const folder = writeContent(temporaryFolder(), { "courses/ruby.json": "{" });
    expect(await publish({ ...fresh(), CONTENT_DIR: folder })).toMatchObject({ code: 1 });
  });

  it("of a kept version that this service cannot read", async () => {
    const variables = fresh();
    const opened = await openSqliteStore(variables.DATA_DIR);
    const old = packCatalog(catalogOf(TWO)).replace('"format":', '"format":9');
    await opened
      .connect("page")
      .store.keepCatalog({ version: "old", publishedAt: "2026-01-18T10:00:00.000Z" }, () => old);
    await opened.close();
    await expect(publish(variables, { to: "old" })).rejects.toThrow(
      /The kept version old cannot be published: .*format 9/,
    );
    await expect(publish(variables, { to: "new" })).rejects.toThrow(/Give --to one of these:\n {2}old, since 2026/);
  });

  it("while somebody else publishes", async () => {
    const variables = fresh();
    const opened = await openSqliteStore(variables.DATA_DIR);
    const now = new Date().toISOString();
    const { hostname } = await import("node:os");
    const lease = { run: "publish-other", host: hostname(), pid: process.ppid, segments: 1, from: 0, to: 0 };
    await opened.connect("page").leases.lease({ ...lease, heartbeatAt: now }, true);
    await opened.close();
    await expect(publish(variables)).rejects.toThrow(/The run publish-other is writing .* Wait for it to end/);
    expect(await publish(variables, { force: true })).toMatchObject({ code: 0 });
  });

  it("where the disk is full, and what was published stands", async () => {
    const variables = fresh();
    await publish(variables);
    const path = join(variables.DATA_DIR, "catalog.json");
    const published = readFileSync(path, "utf8");
    symlinkSync("/dev/full", `${path}.new`);
    const content = writeContent(temporaryFolder(), THREE);
    await expect(publish({ ...variables, CONTENT_DIR: content })).rejects.toThrow(
      /cannot be written: the disk is full/,
    );
    expect(readFileSync(path, "utf8")).toBe(published);
    expect(await publish({ ...variables, CONTENT_DIR: content })).toMatchObject({ code: 0 });
  });

  it("by a service that does not take it in time: it is said, and no flag is settled", async () => {
    const server = createServer((_, response) => response.end(JSON.stringify({ catalog_version: "other" })));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    onTestFinished(() => void server.close());
    const PORT = String((server.address() as AddressInfo).port);
    const late = publish({ ...fresh(), PORT }, {}, testClock());
    await expect(late).rejects.toThrow(/has not taken it in 30 s.*Once the service has taken it: npm run backfill/);
  });

  it("never half: a command beside a faulty file stops, and the service goes on with the folder", async () => {
    const variables = fresh();
    mkdirSync(variables.DATA_DIR, { recursive: true });
    writeFileSync(join(variables.DATA_DIR, "catalog.json"), packCatalog(catalogOf(THREE)).slice(0, -9));
    const server = await startServer(readEnvironment({ ...variables, PORT: "0", LOG_LEVEL: "SILENT" }), log);
    onTestFinished(() => server.close());
    expect(server.banner).toMatch(/from .*, since .*catalog.json cannot be used/);
    const running = { ...variables, PORT: new URL(server.url).port };
    expect((await request(server.url, "/health")).body).toMatchObject({
      status: "degraded",
      catalog_version: versionOf(TWO),
    });
    expect(await publish(running, { to: "content" })).toMatchObject({ code: 0 });
    await eventually(async () => expect((await request(server.url, "/health")).body.status).toBe("ok"));
  });
});

describe("A release on AWS", async () => {
  const endpoint = dynaliteForFile();
  const s3 = await startS3();
  beforeEach(() => s3.reset());
  const CONTENT_DIR = writeContent(temporaryFolder(), TWO);
  let TABLE_PREFIX = 0;

  /** Tables of their own, as a function that reads the bucket would use them. */
  async function deployment() {
    const prefix = `published${++TABLE_PREFIX}`;
    const opened = openDynamoStore({ endpoint: endpoint(), region: "us-east-1", hasCredentials: false }, prefix);
    await opened.prepare();
    onTestFinished(() => opened.close());
    const { store } = opened.connect("page");
    const variables = {
      CONTENT_DIR,
      STORE: endpoint(),
      TABLE_PREFIX: prefix,
      CATALOG_URI: "s3://content/catalog.json",
      AWS_ENDPOINT_URL_S3: s3.endpoint,
    };
    /** A request to a function, which runs by what is in the bucket. */
    const taken = async () => {
      const { version } = JSON.parse(s3.object ?? "{}");
      await store.keepCatalog({ version, publishedAt: "2026-01-18T10:00:00.000Z" }, () => s3.object ?? "");
    };
    const run = (asked: Partial<PublishArguments>, clock: TestClock = testClock(taken)) =>
      publish(variables, { on: "aws", backfill: false, ...asked }, clock);
    return { run, taken, store };
  }

  it("goes to the bucket, and waits until a function has kept it", async () => {
    const { run, store } = await deployment();
    expect(await run({})).toMatchObject({ code: 0, output: expect.stringContaining("taken    by a function") });
    expect(s3.object).toBe(packCatalog(catalogOf(TWO)));
    writeContent(CONTENT_DIR, ONE);
    onTestFinished(() => void writeContent(CONTENT_DIR, TWO));
    expect(await run({})).toMatchObject({ code: 0, output: expect.stringContaining("course ruby: its definition") });
    expect(s3.object).toBe(packCatalog(catalogOf(ONE)));
    expect((await store.catalogVersions()).map(({ version }) => version).sort()).toEqual(
      [versionOf(ONE), versionOf(TWO)].sort(),
    );

    const back = testClock();
    const began = back.now();
    expect(await run({ to: versionOf(TWO) }, back)).toMatchObject({ code: 0 });
    expect(back.now() - began).toBe(60_000);
    expect(s3.object).toBe(packCatalog(catalogOf(TWO)));
  });

  it("that no function takes is said to be published, and settles nothing", async () => {
    const { run } = await deployment();
    await expect(run({}, testClock())).rejects.toThrow(/No function has taken it in 180 s.*npm run backfill/);
    expect(s3.object).toBe(packCatalog(catalogOf(TWO)));
  });

  it("leaves alone what somebody else has published meanwhile", async () => {
    const { run } = await deployment();
    s3.object = packCatalog(catalogOf(ONE));
    const other = packCatalog(catalogOf(THREE));
    let requests = 0;
    Object.defineProperty(s3, "gate", {
      configurable: true,
      get() {
        if (++requests === 2) s3.object = other;
        return undefined;
      },
      set() {},
    });
    onTestFinished(
      () => void Object.defineProperty(s3, "gate", { configurable: true, writable: true, value: undefined }),
    );
    await expect(run({ yes: true })).rejects.toThrow(/Somebody else has published in s3:.* meanwhile/);
    expect(s3.object).toBe(other);
  });

  it.each(["denied", "no bucket", "other region"] as const)("says why S3 does not take it: %s", async (fate) => {
    const { run } = await deployment();
    s3.fate = fate;
    await expect(run({})).rejects.toThrow(/s3:\/\/content\/catalog.json cannot be read\. .*CATALOG_URI/);
  });
});

it("The command says what it does, and ends with its exit code", async () => {
  const variables = { CONTENT_DIR: writeContent(temporaryFolder(), TWO), DATA_DIR: temporaryFolder(), PORT: "1" };
  const first = await command("publish", [out.option], variables);
  expect(first.output).toMatch(
    /^live {5}none: no service has run here yet\nnext {5}\w+: 0 pathways, 1 courses, 2 modules/m,
  );
  expect(first.output).toContain("No service answers at http://127.0.0.1:1/health");
  expect(first.code).toBe(0);
  const unknown = await command("publish", ["--to=none", out.option], variables);
  expect(unknown.output).toMatch(/error: No catalog of version none was ever published here/);
  expect(unknown.code).toBe(2);
  rmSync(join(variables.DATA_DIR, "catalog.json"));
});
