import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundleLambda } from "../../scripts/tools/bundle-lambda.ts";
import { openBucket } from "../../src/aws/bucket.ts";
import { packCatalog } from "../../src/catalog/pack.ts";
import type { Planned } from "../../src/service/jobs/remote/calls.ts";
import { names, RemoteRun, type SegmentRecord } from "../../src/service/jobs/remote/remote-run.ts";
import type { Tally } from "../../src/service/jobs/tally.ts";
import type { BucketAnswer } from "./bucket-stand-in.ts";
import { type Flags, learningCatalog, standInPrefix } from "./learners.ts";
import { dollarsOf, PRICES } from "./prices.ts";
import { type Benchmark, type Row, under } from "./report.ts";
import type { StandInAnswer } from "./stand-in.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";
import { startWorker } from "./worker.ts";

const LEARNERS = 10_000_000;
const SEGMENTS = 1_000;
const AT_ONCE = 2;
const SECONDS = { full: 40, quick: 5 };
/** The function has 1,024 MB. */
const MEMORY_AIM_MB = 512;
/** Of one processor, what Lambda gives to 1,024 MB. */
const PROCESSOR = 1_024 / 1_769;

type Used = { answer: unknown; seconds: number; processor: number; megabytes: number };
type Work = Used & { records: SegmentRecord[]; writes: number };

const execute = promisify(execFile);

/** Real functions of a job, each in a process of its own, on a table of ten million learners that nobody keeps. */
export const jobs: Benchmark = ({ quick }) =>
  withTemporaryFolder(async (folder) => {
    mkdirSync(join(folder, "lambda"));
    await bundleLambda({ outdir: join(folder, "lambda"), packed: packCatalog(learningCatalog), client: {} });
    const bundle = join(folder, "lambda", "jobs.mjs");
    const [table, files] = [
      startWorker<object, StandInAnswer>("stand-in.ts"),
      startWorker<object, BucketAnswer>("bucket-stand-in.ts"),
    ];
    try {
      const endpoints = { store: (await table.ask({})).endpoint, bucket: (await files.ask({})).endpoint };
      const rows: Row[] = [];
      for (const flags of ["right", "missing"] as const) {
        const written = (await files.ask({})).writes;
        const work = await worked(bundle, flags, endpoints, quick ? SECONDS.quick : SECONDS.full);
        rows.push(...rowsOf(flags, { ...work, writes: (await files.ask({})).writes - written }));
      }
      return rows;
    } finally {
      table.stop();
      files.stop();
    }
  });

async function worked(
  bundle: string,
  flags: Flags,
  endpoints: { store: string; bucket: string },
  seconds: number,
): Promise<Omit<Work, "writes">> {
  const env = {
    ...process.env,
    STORE: endpoints.store,
    TABLE_PREFIX: standInPrefix(flags, LEARNERS),
    RUNS_URI: "s3://runs",
    AWS_ENDPOINT_URL_S3: endpoints.bucket,
    AWS_REGION: "us-east-1",
    LOG_LEVEL: "SILENT",
  };
  const call = async (name: string, input: object, during = 0): Promise<Used> => {
    const program = fileURLToPath(new URL("invoke-job.ts", import.meta.url));
    const { stdout } = await execute(process.execPath, [program, bundle, name, JSON.stringify(input), String(during)], {
      env,
    });
    return JSON.parse(stdout.trim().split("\n").at(-1) as string) as Used;
  };
  const run = `bench-${flags}`;
  const planned = (await call("plan", { execution: run, request: requestOf(run) })).answer as Planned;
  const lanes = Array.from({ length: AT_ONCE }, (_, lane) =>
    planned.segments.filter((segment) => segment % AT_ONCE === lane),
  );
  const used = await Promise.all(lanes.map((segments) => call("segment", { ...planned, segments }, seconds)));
  const bucket = openBucket({ bucket: "runs", prefix: "" }, { endpoint: endpoints.bucket, region: "us-east-1" });
  const remote = new RemoteRun(bucket, { job: "backfill", run });
  const records: SegmentRecord[] = [];
  for await (const { key } of bucket.list(remote.folder + names.segments))
    records.push(JSON.parse((await bucket.read(key))?.text ?? "") as SegmentRecord);
  bucket.close();
  return {
    answer: undefined,
    seconds: Math.max(...used.map((one) => one.seconds)),
    processor: used.reduce((sum, one) => sum + one.processor, 0),
    megabytes: Math.max(...used.map((one) => one.megabytes)),
    records,
  };
}

const requestOf = (run: string) => ({
  job: "backfill",
  run,
  options: {
    dryRun: false,
    batchSize: 50,
    skipSynced: false,
    segments: SEGMENTS,
    segmentRange: { from: 0, to: SEGMENTS - 1 },
    concurrency: 32,
    revoke: true,
    revokeUnknown: false,
  },
  at_once: AT_ONCE,
  max_rcu: null,
  max_wcu: null,
  force: false,
});

function rowsOf(flags: Flags, { records, seconds, processor, megabytes, writes }: Work): Row[] {
  const sum = (of: (record: SegmentRecord) => number) => records.reduce((total, record) => total + of(record), 0);
  const learners = sum(({ tally }) => (tally as Tally).processed);
  const perLearner = {
    lambdaSeconds: processor / PROCESSOR / learners,
    rcu: sum(({ consumed }) => consumed.rcu) / learners,
    wcu: sum(({ consumed }) => consumed.wcu) / learners,
    objects: writes / learners,
  };
  const dollars =
    perLearner.lambdaSeconds * PRICES.gbSeconds + dollarsOf(perLearner) * 1e6 + perLearner.objects * PRICES.objects;
  const what = flags === "right" ? "nothing to change" : "everything to change";
  const row = (text: string, value: number, unit: string): Row => ({
    benchmark: "jobs",
    case: `${what}, ${text}`,
    value,
    unit,
  });
  return [
    row(
      `${AT_ONCE} segments at once, ${Math.round(learners).toLocaleString("en-US")} learners`,
      learners / seconds,
      "learners/s",
    ),
    row(
      "one segment, by processor time, with what Lambda gives to 1,024 MB",
      1 / perLearner.lambdaSeconds,
      "learners/s",
    ),
    row("read units a learner", perLearner.rcu, "units"),
    row("write units a learner", perLearner.wcu, "units"),
    row(
      "requests of the bucket that are billed as writes, a thousand learners",
      perLearner.objects * 1_000,
      "requests",
    ),
    row("a million learners", dollars, "dollars"),
    { ...row("peak memory of a segment's process", megabytes, "MB"), aim: under(megabytes, MEMORY_AIM_MB, "MB") },
  ];
}
