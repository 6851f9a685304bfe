import { startDynamoDbLocal } from "../../src/local/dynamodb-local.ts";
import { createClient } from "../../src/store/dynamodb/client.ts";
import { createMissingTables } from "../../src/store/dynamodb/provision.ts";
import { tableNames } from "../../src/store/dynamodb/tables.ts";
import { clearFlags, fillTable } from "../support/builders/fill-table.ts";
import { buildPrograms, type Programs, type Run, type Target } from "./backfill-programs.ts";
import { withContent } from "./content.ts";
import type { StoreAnswer } from "./dynalite.ts";
import { type Flags, LEARNERS, LEARNING, learningCatalog, standInPrefix } from "./learners.ts";
import { interleave, median, ratios } from "./measure.ts";
import { atLeast, atMost, type Benchmark, type Row, under, within } from "./report.ts";
import type { StandInAnswer } from "./stand-in.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";
import { startWorker } from "./worker.ts";

const AIM = 0.85;
const MEMORY_AIM = 1.2;
const MEGABYTES_AIM = 200;
const LIMIT_AIM: [number, number] = [0.9, 1.1];

const SIZES = { full: { few: 10_000, many: 100_000 }, quick: { few: 1_000, many: 5_000 } };
const LEARNERS_WITHOUT_JAVA = 2_000;
/** A learner with everything to change takes five calls instead of a part of a page. */
const FEWER_CHANGED = 5;
/** Units a second, and learners for whom a run takes about a minute with them. */
const LIMITS = { rcu: { perSecond: 200, learners: 40_000 }, wcu: { perSecond: 500, learners: 3_500 } };

const count = (value: number) => value.toLocaleString("en-US");

/** The real backfill against what no backfill can do without: a scan of the table, and the writes of the flags. */
export const backfill: Benchmark = ({ quick }) =>
  withContent(LEARNING, (contentDir) =>
    withTemporaryFolder(async (folder) => {
      const programs = await buildPrograms(folder, contentDir);
      return [...(await onRealStore(programs, quick)), ...(await onStandIn(programs, quick))];
    }),
  );

async function onRealStore(programs: Programs, quick: boolean): Promise<Row[]> {
  const { few } = quick ? SIZES.quick : SIZES.full;
  const local = await startDynamoDbLocal();
  if (local) {
    const target = { endpoint: local.endpoint, prefix: "bench", learners: few };
    return measure(programs, "DynamoDB Local", target, quick).finally(() => local.process.kill("SIGKILL"));
  }
  const dynalite = startWorker<object, StoreAnswer>("dynalite.ts");
  const { endpoint } = await dynalite.ask({});
  const learners = Math.min(few, LEARNERS_WITHOUT_JAVA);
  return measure(programs, "dynalite", { endpoint, prefix: "bench", learners }, quick).finally(dynalite.stop);
}

async function measure(programs: Programs, store: string, target: Target, quick: boolean): Promise<Row[]> {
  const client = createClient({ endpoint: target.endpoint, region: "us-east-1", patience: "batch" });
  const tables = tableNames(target.prefix);
  const learners = { ...LEARNERS, learners: target.learners };
  await createMissingTables(client, tables);
  await fillTable(client, tables, learningCatalog, { ...learners, flags: "right" });
  const same = await interleave(quick ? 2 : 4, {
    backfill: () => programs.backfill(target),
    floor: () => programs.floor("scan", target),
  });

  const afterClearing =
    <T>(run: () => Promise<T>) =>
    async () => {
      await clearFlags(client, tables, learningCatalog, learners);
      return run();
    };
  const changed = await interleave(
    2,
    {
      backfill: afterClearing(() => programs.backfill(target)),
      floor: afterClearing(() => programs.floor("write", target)),
    },
    quick ? 0 : 1,
  );
  client.destroy();
  return [
    speedRow("nothing to change", store, same.backfill, same.floor),
    speedRow("everything to change", store, changed.backfill, changed.floor),
  ];
}

/** Speed and memory with many learners, and how well the limits are kept. */
async function onStandIn(programs: Programs, quick: boolean): Promise<Row[]> {
  const { few, many } = quick ? SIZES.quick : SIZES.full;
  const standIn = startWorker<object, StandInAnswer>("stand-in.ts");
  try {
    const { endpoint } = await standIn.ask({});
    const target = (flags: Flags, learners: number): Target => ({
      endpoint,
      prefix: standInPrefix(flags, learners),
      learners,
    });
    const same = await interleave(
      quick ? 2 : 3,
      {
        few: () => programs.backfill(target("right", few)),
        many: () => programs.backfill(target("right", many)),
        floor: () => programs.floor("scan", target("right", many)),
      },
      0,
    );
    const [fewChanged, manyChanged] = [few, many].map((learners) => target("missing", learners / FEWER_CHANGED)) as [
      Target,
      Target,
    ];
    const changed = await interleave(
      2,
      {
        few: () => programs.backfill(fewChanged),
        many: () => programs.backfill(manyChanged),
        floor: () => programs.floor("write", manyChanged),
      },
      0,
    );
    const rows = [
      speedRow("nothing to change", "stand-in", same.many, same.floor),
      speedRow("everything to change", "stand-in", changed.many, changed.floor),
      memoryRow("nothing to change", same.many, same.few),
      memoryRow("everything to change", changed.many, changed.few),
      megabytesRow([...same.many, ...changed.many]),
    ];
    if (quick) return rows;
    const { rcu, wcu } = LIMITS;
    const [reading, writing] = await Promise.all([
      programs.backfill(target("right", rcu.learners), `--max-rcu=${rcu.perSecond}`),
      programs.backfill(target("missing", wcu.learners), `--max-wcu=${wcu.perSecond}`),
    ]);
    rows.push(limitRow("--max-rcu", reading, reading.summary.consumed_rcu, rcu.perSecond));
    rows.push(limitRow("--max-wcu", writing, writing.summary.consumed_wcu, wcu.perSecond));
    return rows;
  } finally {
    standIn.stop();
  }
}

function speedRow(name: string, store: string, runs: Run[], floors: number[]): Row {
  const [first] = runs as [Run];
  const times = runs.map(({ ms }) => ms);
  const rate = (ms: number[]) => ((first.flags || first.summary.processed) * 1_000) / median(ms);
  const { ratio, spread } = ratios(floors, times);
  return {
    benchmark: "backfill",
    case: `${name}, ${count(first.summary.processed)} learners, ${store}`,
    value: rate(times),
    floor: rate(floors),
    unit: first.flags ? "flags/s" : "learners/s",
    ratio,
    spread,
    aim: atLeast(ratio, AIM),
  };
}

function memoryRow(name: string, many: Run[], few: Run[]): Row {
  const peaks = (runs: Run[]) => runs.map(({ megabytes }) => megabytes);
  const learners = [many, few].map(([run]) => count((run as Run).summary.processed)).join(" against ");
  const { ratio, spread } = ratios(peaks(many), peaks(few));
  return {
    benchmark: "backfill",
    case: `peak memory, ${name}, ${learners} learners`,
    value: median(peaks(many)),
    floor: median(peaks(few)),
    unit: "MB",
    ratio,
    spread,
    aim: atMost(ratio, MEMORY_AIM),
  };
}

function megabytesRow(runs: Run[]): Row {
  const value = Math.max(...runs.map(({ megabytes }) => megabytes));
  return {
    benchmark: "backfill",
    case: "peak memory, the largest of all runs",
    value,
    unit: "MB",
    aim: under(value, MEGABYTES_AIM, "MB"),
  };
}

function limitRow(option: string, { ms }: Run, units: number, perSecond: number): Row {
  const value = (units * 1_000) / ms;
  const ratio = value / perSecond;
  return {
    benchmark: "backfill",
    case: `${option}=${perSecond}, over ${Math.round(ms / 1_000)} s`,
    value,
    floor: perSecond,
    unit: "units/s",
    ratio,
    aim: within(ratio, LIMIT_AIM),
  };
}
