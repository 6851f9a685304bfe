import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { openExecutions } from "../../src/aws/executions.ts";
import { CATALOG, CONTENT, everyKind, missing } from "../service/jobs/learners.ts";
import { type StepFunctionsStub, startStepFunctions } from "../support/fakes/step-functions.ts";
import {
  dumpOf,
  dynaliteForFile,
  filesOf,
  type Row,
  readJson,
  tableWith,
  withoutRunTime,
} from "../support/processes/backfill.ts";
import { commandHere } from "../support/processes/command-here.ts";
import { command, outputFolder, startCommand } from "../support/processes/commands.ts";
import { bucketForFile, functionsOn, MACHINE, nameOf, requestOf } from "../support/processes/remote-run.ts";
import { eventually, temporaryFolder, writeContent } from "../support/processes/service.ts";
import type { TestStore } from "../support/processes/stores.ts";

const endpoint = dynaliteForFile();
const bucket = bucketForFile();
const CONTENT_DIR = writeContent(temporaryFolder(), CONTENT);
const ROWS: Row[] = [...everyKind("ada"), ...everyKind("bob"), ...missing("cyd")];

let opened: TestStore;
let states: StepFunctionsStub;
/** Segments wait for it. */
let gate: Promise<void> | undefined;
let variables: Record<string, string>;
/** Of its functions nobody hears any more. */
const ABORTED = "by-hand";

beforeEach(async () => {
  opened = await tableWith(endpoint(), ROWS);
  gate = undefined;
  const prefix = opened.tables.progress.replace(/-progress$/, "");
  const target = `endpoint ${opened.tables.progress}`;
  const functions = functionsOn(opened, bucket().bucket, CATALOG, { target, from: Date.now() });
  states = await startStepFunctions(MACHINE, async (resource, input) => {
    const { execution } = input as { execution: string };
    if (nameOf(resource) === "segment") await (execution === ABORTED ? new Promise(() => {}) : gate);
    return functions.call(nameOf(resource), input);
  });
  variables = {
    CONTENT_DIR,
    STORE: endpoint(),
    TABLE_PREFIX: prefix,
    RUNS_URI: "s3://runs",
    JOBS_STATE_MACHINE: states.stateMachineArn,
    AWS_ENDPOINT_URL_S3: bucket().stub.endpoint,
    AWS_ENDPOINT_URL_SFN: states.endpoint,
  };
});

const backfill = (...options: string[]) => command("backfill", options, variables);
const onAws = (...options: string[]) => backfill("--on=aws", "--segments=3", ...options);

describe("An execution that was aborted in the console", () => {
  /** An execution of which nobody hears any more, but for its lease. */
  async function begun() {
    const executions = openExecutions(states.stateMachineArn, { endpoint: states.endpoint, region: "eu-west-1" });
    const options = { dryRun: false, segments: 1, concurrency: 1, batchSize: 9, skipSynced: false, revoke: true };
    await executions.start(ABORTED, { ...requestOf(options), start_time: new Date().toISOString() });
    executions.close();
    await eventually(async () => expect(await opened.leases.all()).toMatchObject([{ host: `execution ${ABORTED}` }]));
  }

  it.each([[[]], [["--on=aws", "--segments=2"]]])(
    "stands in nobody's way, but while it runs: backfill %j",
    async (where) => {
      await begun();
      const run = () => commandHere("backfill", [...where, outputFolder().option], variables);
      const refused = await run();
      expect(refused).toMatchObject({
        code: 2,
        output: expect.stringContaining("is writing to this table: execution by"),
      });
      states.abort(ABORTED);
      expect(await run()).toMatchObject({ code: 0 });
      expect(await opened.leases.all()).toEqual([]);
    },
  );

  it("stands in the way where Step Functions does not know it, or does not answer", async () => {
    await begun();
    states.abort(ABORTED);
    const refused = (more: Record<string, string>) =>
      commandHere("backfill", [outputFolder().option], { ...variables, ...more });
    const other = states.stateMachineArn.replace(/jobs$/, "other-jobs");
    for (const more of [{ JOBS_STATE_MACHINE: other }, { JOBS_STATE_MACHINE: "" }])
      expect(await refused(more)).toMatchObject({ code: 2, output: expect.stringContaining("give --force") });
    const away = await refused({ AWS_ENDPOINT_URL_SFN: "http://127.0.0.1:1" });
    expect(away).toMatchObject({ code: 2, output: expect.stringContaining("Step Functions does not say") });
  });
});

describe("The backfill command with --on=aws", () => {
  it("leaves the files and prints the summary of a run in this process, and can be rolled back", async () => {
    const [here, there] = [outputFolder(), outputFolder()];
    const before = await dumpOf(opened);
    await backfill("--dry-run", "--segments=3", here.option);
    const { code, output } = await onAws("--max-wcu=500", there.option);
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/^ {2}9 changed: /m) });
    expect(output).toMatch(/^on AWS {3}execution \S+; it goes on without this command$/m);
    const [would, did] = [filesOf(here.run()), filesOf(there.run())];
    expect(withoutRunTime(did.changes)).toEqual(withoutRunTime(would.changes));
    expect(did.summary).toMatchObject({ total_contacts: 15, updated: 9, dry_run: false, run: there.runs()[0] });
    expect(states.requests.filter((request) => request === "StartExecution")).toHaveLength(1);

    expect(await command("rollback", [`--run=${there.run()}`], variables)).toMatchObject({ code: 0 });
    expect(await dumpOf(opened)).toEqual(before);
  });

  it("is undone on AWS as well, by its folder, which has what became of that", async () => {
    const out = outputFolder();
    const before = await dumpOf(opened);
    await commandHere("backfill", ["--on=aws", "--segments=3", out.option], variables);
    const flags = filesOf(out.run()).changes.flatMap(({ changes }) => changes).length;
    const undo = (...options: string[]) =>
      commandHere("rollback", ["--on=aws", `--run=${out.run()}`, ...options], variables);

    const would = await undo("--dry-run");
    expect(would).toMatchObject({ code: 0, output: expect.stringContaining(`${flags} flags would go back, 0 were`) });
    const verified = await undo("--verify");
    expect(verified).toMatchObject({
      code: 1,
      output: expect.stringContaining(`0 flags are as before the run, ${flags}`),
    });
    expect(verified.output).toContain("  ada-missing: course ruby: it is not as before the run: complete since");
    const undone = await undo();
    expect(undone).toMatchObject({ code: 0, output: expect.stringContaining(`${flags} flags went back, 0 were`) });
    expect(await dumpOf(opened)).toEqual(before);
    expect(readJson(out.run(), "rollback-summary.json")).toMatchObject({ run: out.runs()[0], mode: "write" });
    expect(readJson(out.run(), "checkpoint.json")).toMatchObject({ kind: "backfill" });

    const name = states.names().at(-1);
    const followed = await undo(`--follow=${name}`);
    expect(followed).toMatchObject({ code: 0, output: expect.stringContaining(`${flags} flags went back`) });
    const stopped = await commandHere("rollback", ["--on=aws", `--stop=${name}`], variables);
    expect(stopped.output).toContain(`npm run rollback -- --on=aws --resume=${name}`);
  });

  it.each([
    [["--on=aws", "--run=other"], "There is no run other in the bucket of RUNS_URI"],
    [["--on=aws"], "Which run? Usage: npm run rollback -- --on=aws --run=RUN"],
    [[], "Which run? Usage: npm run rollback -- --run=FOLDER"],
    [["--run=x", "--follow=y"], "give --on=aws with them"],
    [["--run=x", "--resume=y"], "--resume is for rollbacks on AWS"],
  ])("is not undone by %j", async (options, said) => {
    const { code, output } = await commandHere("rollback", options, variables);
    expect({ code, output }).toMatchObject({ code: 2, output: expect.stringContaining(said) });
  });

  it("leaves the run going at Ctrl-C, and follows, stops and resumes it by its name", async () => {
    const out = outputFolder();
    const release = Promise.withResolvers<void>();
    gate = release.promise;
    const first = startCommand("backfill", ["--on=aws", "--segments=3", out.option], variables);
    await eventually(() => expect(first.output()).toContain("on AWS"));
    await eventually(() => expect(states.requests).toContain("DescribeExecution"));
    first.child.kill("SIGINT");
    expect(await first.exited).toMatchObject({ code: 130 });
    const [name = ""] = states.names();
    expect(first.output()).toContain(
      `The run ${name} goes on. Follow it with: npm run backfill -- --on=aws --follow=${name}`,
    );
    expect(first.output()).toContain(`Stop it with: npm run backfill -- --on=aws --stop=${name}`);

    const stopped = await backfill("--on=aws", `--stop=${name}`);
    expect(stopped).toMatchObject({ code: 0, output: expect.stringContaining(`--on=aws --resume=${name}`) });
    release.resolve();
    const followed = await backfill("--on=aws", `--follow=${name}`, out.option);
    expect(followed).toMatchObject({ code: 130, output: expect.stringContaining("The run was stopped; 3 segments") });

    const resumed = await backfill("--on=aws", `--resume=${name}`, out.option);
    expect(resumed).toMatchObject({ code: 0 });
    expect(readJson(join(out.folder, name), "backfill-summary.json")).toMatchObject({ updated: 9 });
    const again = await backfill("--on=aws", `--resume=${name}`, out.option);
    expect(again).toMatchObject({ code: 2, output: expect.stringContaining(`The run ${name} is finished`) });
  });

  it.each([
    [["--on=aws", "--contact-id=ada-missing"], "--contact-id and --segment-range are for runs on this machine"],
    [["--follow=x"], "give --on=aws with them"],
    [["--on=aws", "--follow=x"], "There is no run backfill/x/"],
    [["--on=aws", "--segments=1001"], "1 to 1000 segments"],
  ])("refuses %j", async (options, said) => {
    const { code, output } = await backfill(...options);
    expect({ code, output }).toMatchObject({ code: 2, output: expect.stringContaining(said) });
  });

  it("says which settings it needs", async () => {
    variables = { ...variables, RUNS_URI: "" };
    const { code, output } = await backfill("--on=aws");
    expect({ code, output }).toMatchObject({ code: 2, output: expect.stringContaining("needs RUNS_URI") });
  });
});
