import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { packCatalog } from "../../src/catalog/pack.ts";
import type { PublishArguments } from "../../src/commands/publish-choices.ts";
import { runPublishCommand } from "../../src/commands/publish-command.ts";
import { readEnvironment } from "../../src/process/environment.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { at } from "../support/builders/times.ts";
import { startStepFunctions } from "../support/fakes/step-functions.ts";
import {
  completedAt,
  dumpOf,
  dynaliteForFile,
  filesOf,
  flag,
  readJson,
  tableWith,
} from "../support/processes/backfill.ts";
import { commandHere } from "../support/processes/command-here.ts";
import { outputFolder } from "../support/processes/commands.ts";
import { bucketForFile, functionsOn, MACHINE, nameOf } from "../support/processes/remote-run.ts";
import { temporaryFolder, writeContent } from "../support/processes/service.ts";

const endpoint = dynaliteForFile();
const bucket = bucketForFile();

const content = (modules: string[]) => ({
  "courses/ruby.json": { slug: "ruby", modules },
  "courses/git.json": { slug: "git", modules: ["commits"] },
});
const [BEFORE, NEXT] = [content(["strings", "arrays"]), content(["strings"])];

/** A deployment that goes by BEFORE; ada gains by NEXT, and bob's flag, which is wrong by both, is no concern of it. */
async function deployment() {
  const opened = await tableWith(endpoint(), [
    ["ada", "MODULE#strings", completedAt(at("10:00"))],
    ["bob", "COURSE#git", flag(at("10:00"))],
  ]);
  const target = `endpoint ${opened.tables.progress}`;
  const functions = functionsOn(opened, bucket().bucket, catalogOf(BEFORE), { target, from: Date.now() });
  const states = await startStepFunctions(MACHINE, (resource, input) => functions.call(nameOf(resource), input));
  const out = outputFolder();
  const variables = {
    CONTENT_DIR: writeContent(temporaryFolder(), NEXT),
    STORE: endpoint(),
    TABLE_PREFIX: opened.tables.progress.replace(/-progress$/, ""),
    CATALOG_URI: "s3://content/catalog.json",
    RUNS_URI: "s3://runs",
    JOBS_STATE_MACHINE: states.stateMachineArn,
    AWS_ENDPOINT_URL_S3: bucket().stub.endpoint,
    AWS_ENDPOINT_URL_SFN: states.endpoint,
    LOG_LEVEL: "SILENT",
  };
  const { stub } = bucket();
  stub.objects.clear();
  await bucket().bucket.write("/content/catalog.json", packCatalog(catalogOf(BEFORE)));
  const lines: string[] = [];
  const publish = async (more: Partial<PublishArguments> = {}) => {
    let now = Date.now();
    const clock = {
      now: () => now,
      /** Meanwhile a request comes to a function of the API. */
      async sleep(ms: number) {
        now += ms;
        const { version } = catalogOf(NEXT);
        await opened.store.keepCatalog({ version, publishedAt: at("10:00") }, () => packCatalog(catalogOf(NEXT)));
        await sleep(0);
      },
    };
    const asked = { dryRun: false, yes: false, backfill: true, force: false, outputDir: out.folder, ...more };
    const around = { environment: readEnvironment(variables), print: (line: string) => void lines.push(line), clock };
    return runPublishCommand({ ...asked, on: "aws" }, around);
  };
  return { opened, states, out, variables, publish, output: () => lines.join("\n") };
}

it("A release on AWS is settled by an execution, by the catalog that was published, for what it concerns alone", async () => {
  const { opened, states, out, variables, publish, output } = await deployment();
  const before = await dumpOf(opened);
  expect(await publish()).toBe(0);
  const [name = ""] = states.names();
  const run = join(out.folder, name);
  expect(output()).toContain(`on AWS   execution ${name}; it goes on without this command`);
  const { summary, changes, checkpoint } = filesOf(run);
  expect(summary).toMatchObject({ updated: 1, catalog_version: catalogOf(NEXT).version, dry_run: false });
  expect(changes.map(({ contact_id }) => contact_id)).toEqual(["ada"]);
  expect(checkpoint.options.entities).toContainEqual({ type: "course", slug: "ruby" });
  expect(await opened.leases.all()).toEqual([]);

  expect(output()).toContain(`npm run rollback -- --on=aws --run=${run}`);
  expect(await commandHere("rollback", ["--on=aws", `--run=${run}`], variables)).toMatchObject({ code: 0 });
  const learners = (items: string[]) => items.filter((item) => /"(ada|bob)"/.test(item));
  expect(learners(await dumpOf(opened))).toEqual(learners(before));
  expect(readJson(run, "rollback-summary.json")).toMatchObject({ undone: 1, not_undone: 0 });
});

it("A release on AWS beside which somebody takes the table says that it is published, and what is left to do", async () => {
  const { opened, bucketGate, publish } = { ...(await deployment()), bucketGate: bucket().stub };
  onTestFinished(() => {
    bucketGate.fails = () => undefined;
  });
  const lease = { run: "other", host: "elsewhere", pid: 1, segments: 1, from: 0, to: 0 };
  // As soon as the run's folder is there, the command has given the table back.
  bucketGate.fails = (request) => {
    if (/^PUT backfill\/.*catalog\.json$/.test(request))
      void opened.leases.lease({ ...lease, heartbeatAt: new Date().toISOString() }, true);
    return undefined;
  };
  await expect(publish()).rejects.toThrow(
    /The run other is writing to this table: .* It is published, and no flag was settled: npm run backfill -- --on=aws/,
  );
});
