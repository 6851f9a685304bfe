import { beforeAll, describe, expect, it } from "vitest";
import { jobMachine } from "../../infra/job-machine.ts";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { createIngestByLearner } from "../../src/service/ingest/ingest.ts";
import type { Planned } from "../../src/service/jobs/remote/calls.ts";
import { finishRun } from "../../src/service/jobs/remote/finish-run.ts";
import { planRun } from "../../src/service/jobs/remote/plan-run.ts";
import type { Remote } from "../../src/service/jobs/remote/remote.ts";
import { workSegment } from "../../src/service/jobs/remote/work-segment.ts";
import { REMOTE_JOBS } from "../../src/service/jobs/remote-jobs.ts";
import { openDynamoStore } from "../../src/store/dynamodb/open.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { DEV, PROD, render, roleStatements, type Synthesized, synthesize } from "../support/builders/infra.ts";
import { callsThrough } from "../support/fakes/store-calls.ts";
import { startStoreProxy } from "../support/fakes/store-proxy.ts";
import { dynaliteForFile } from "../support/processes/backfill.ts";
import { bucketForFile, requestOf } from "../support/processes/remote-run.ts";
import { event, type Json } from "../support/processes/service.ts";

const endpoint = dynaliteForFile();
const bucket = bucketForFile();

const quiz = (correct: string) => ({
  "courses/ruby.json": { slug: "ruby", modules: ["exam"] },
  "modules/exam/completion.json": { completion_tasks: [{ task_slug: "quiz", task_type: "quiz", passing_score: 75 }] },
  "modules/exam/quiz.json": { questions: [{ id: "q1", type: "single", options: ["a", "b"], correct_answer: correct }] },
});

const ACTIONS: Record<string, string> = { GET: "s3:GetObject", PUT: "s3:PutObject", POST: "s3:DeleteObject" };
/** What a request to a bucket needs a permission for. */
const actionOf = (request: string) =>
  request.startsWith("GET ?") ? "s3:ListBucket" : ACTIONS[request.split(" ")[0] ?? ""];

type Made = { store: string[]; files: (string | undefined)[] };
type Name = "plan" | "segment" | "finish";

describe("What a function of a job may do is what it does", () => {
  const made: Record<Name, Made> = { plan: none(), segment: none(), finish: none() };

  beforeAll(async () => {
    const proxy = await startStoreProxy(endpoint());
    const place = { endpoint: proxy.endpoint, region: "us-east-1" };
    const remote = (content: ReturnType<typeof quiz>): Remote => ({
      jobs: REMOTE_JOBS,
      bucket: bucket().bucket,
      open: () => openDynamoStore(place, "jobs"),
      catalog: async () => catalogOf(content),
      now: Date.now,
    });
    const opened = openDynamoStore(place, "jobs");
    await opened.prepare();
    const { store } = opened.connect("page");
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const ingest = createIngestByLearner({ store, log, catalog: fixedCatalog(catalogOf(quiz("a"))) });
    const answers = { module_slug: "exam", task_slug: "quiz", answers: { q1: "b" } };
    for (const learner of ["ada", "bob"]) await ingest([event("task_submitted", learner, answers)]);
    // Of somebody who is deleted something is left.
    await store.markDeleted("cleo", "2026-01-18T10:00:00.000Z");
    await store.addFacts("cleo", { type: "module", slug: "a" }, { startedAt: "2026-01-18T10:00:00.000Z" });
    await store.startSession("cleo", { sessionId: "s", sessionType: "t", startedAt: "2026-01-18T10:00:00.000Z" });
    await opened.close();

    const recorded = async <T>(name: Name, action: () => Promise<T>): Promise<T> => {
      proxy.reset();
      bucket().stub.requests.length = 0;
      const result = await action();
      made[name].store.push(...callsThrough(proxy));
      made[name].files.push(...bucket().stub.requests.map(actionOf));
      return result;
    };
    const time = { until: Date.now() + 900_000, signal: new AbortController().signal };
    const work = async (job: string, options: object) => {
      const on = remote(quiz("b"));
      const request = requestOf({ dryRun: false, segments: 1, concurrency: 1, ...options }, { job });
      const planned: Planned = await recorded("plan", () => planRun({ execution: request.run, request }, on, time));
      await recorded("segment", () => workSegment({ ...planned, segment: 0, generation: 0 }, on, time));
      expect(await recorded("finish", () => finishRun(planned, on))).toEqual({ state: "done" });
      return { job, run: request.run };
    };
    const undo = (source: object) => work("rollback", { mode: "write", segmentBytes: 1_000_000, source });
    const backfill = { batchSize: 10, skipSynced: false, revoke: true, segmentRange: { from: 0, to: 0 } };
    const regraded = await work("regrade", { module: "exam" });
    await undo(await work("backfill", backfill));
    await undo(regraded);
    await recorded("plan", () => takenOverAndResumed(remote(quiz("b")), time));
  });

  it.each([DEV, PROD].flatMap((stage) => (["plan", "segment", "finish"] as const).map((name) => ({ stage, name }))))(
    "no less and no more: $stage.prefix-job-$name",
    ({ stage, name }) => {
      const statements = roleStatements(synthesize(stage), `${stage.prefix}-job-${name}`);
      const allowed = (service: string) =>
        statements.flatMap(({ actions, resources }) =>
          actions.filter((action) => action.startsWith(`${service}:`)).map((action) => ({ action, resources })),
        );
      expect(tableCalls(synthesize(stage), allowed("dynamodb"), stage.prefix)).toEqual(sorted(made[name].store));
      // The catalog is read from a bucket of its own.
      const files = allowed("s3").filter(({ resources }) =>
        resources.some((resource) => resource.includes("JobsRuns")),
      );
      // S3 tells those alone who may list that an object is missing, which is as often so as not.
      expect(sorted(files.map(({ action }) => action))).toEqual(
        sorted([...made[name].files.map(String), "s3:ListBucket"]),
      );
    },
  );
});

function none(): Made {
  return { store: [], files: [] };
}
const sorted = (texts: readonly string[]) => [...new Set(texts)].sort();

/** A run that is there no more still has its lease, until somebody takes it by force. */
async function takenOverAndResumed(remote: Remote, time: Parameters<typeof planRun>[2]): Promise<void> {
  const options = { dryRun: false, segments: 1, concurrency: 1 };
  const [first, second] = [requestOf(options), requestOf(options, { force: true })];
  await planRun({ execution: first.run, request: first }, remote, time);
  await planRun({ execution: second.run, request: second }, remote, time);
  await planRun({ execution: second.run, request: { ...second, options: undefined } }, remote, time);
}

function tableCalls(
  { one }: Synthesized,
  allowed: { action: string; resources: string[] }[],
  prefix: string,
): string[] {
  const names = ["progress", "records"].map((name) => [
    `<${one("AWS::DynamoDB::Table", "TableName", `${prefix}-${name}`).id}.Arn>`,
    name,
  ]);
  const named = (resource: string) =>
    names.reduce((text, [arn, name]) => text.replace(String(arn), String(name)), resource);
  return sorted(
    allowed.flatMap(({ action, resources }) =>
      resources.map((resource) => `${action.replace("dynamodb:", "")} ${named(resource)}`),
    ),
  );
}

describe.each([DEV, PROD])("The jobs of $prefix", (stage) => {
  const synthesized = synthesize(stage);
  const arnOf = (name: string) => {
    const { id } = synthesized.one("AWS::Lambda::Function", "FunctionName", `${stage.prefix}-job-${name}`);
    return `<${id}.Arn>`;
  };
  const machine = synthesized.one("AWS::StepFunctions::StateMachine", "StateMachineName", `${stage.prefix}-jobs`);

  it("are worked by the machine that the tests run", () => {
    const definition = JSON.parse(render(machine.Properties.DefinitionString));
    const arns = { plan: arnOf("plan"), segment: arnOf("segment"), finish: arnOf("finish") };
    expect(definition).toEqual(JSON.parse(JSON.stringify(jobMachine(arns))));
  });

  it("may invoke their three functions, and work the items of their Map", () => {
    const role: Json = synthesized.template.Resources[machine.Properties.RoleArn["Fn::GetAtt"][0]].Properties;
    const [{ PolicyDocument }] = role.Policies;
    const actions = PolicyDocument.Statement.flatMap(({ Action }: Json) => [Action].flat());
    expect(actions).toEqual([
      "lambda:InvokeFunction",
      "states:StartExecution",
      "states:DescribeExecution",
      "states:StopExecution",
    ]);
    expect(PolicyDocument.Statement[0].Resource.map(render)).toEqual(["plan", "segment", "finish"].map(arnOf));
  });

  it("know where their files are, and have as long as Lambda gives", () => {
    const { Properties } = synthesized.one("AWS::Lambda::Function", "FunctionName", `${stage.prefix}-job-segment`);
    expect(Properties).toMatchObject({ Handler: "jobs.segment", Timeout: 900, MemorySize: 1_024 });
    expect(render(Properties.Environment.Variables.RUNS_URI)).toMatch(/^s3:\/\/<JobsRuns\w+>$/);
  });
});
