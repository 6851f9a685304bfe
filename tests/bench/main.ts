import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measureLarge } from "../trials/large/measure-large.ts";
import { analytics } from "./analytics.ts";
import { backfill } from "./backfill.ts";
import { bundle } from "./bundle.ts";
import { catalog } from "./catalog.ts";
import { client } from "./client.ts";
import { cost } from "./cost.ts";
import { embedded } from "./embedded.ts";
import { engine } from "./engine.ts";
import { events } from "./events.ts";
import { fuzz } from "./fuzz.ts";
import { importing } from "./import.ts";
import { jobs } from "./jobs.ts";
import { load } from "./load.ts";
import { patterns } from "./patterns.ts";
import { type Row, table, writeReport } from "./report.ts";
import { runtime } from "./runtime.ts";

const output = (folder: string) => fileURLToPath(new URL(`../../verification-output/${folder}`, import.meta.url));
const BENCHMARKS = {
  engine,
  catalog,
  patterns,
  bundle,
  events,
  embedded,
  backfill,
  jobs,
  cost,
  analytics,
  import: importing,
  client,
  runtime,
};
/** They run when they are named: this one installs and builds AWS's runtime client first. */
const ON_REQUEST = ["runtime"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean" },
    minutes: { type: "string", default: "10" },
    "kill-every": { type: "string", default: "30" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
    store: { type: "string" },
    exchanges: { type: "string", default: "20000" },
    path: { type: "string" },
  },
});
/** Long runs that find faults and not figures: only when they are asked for. */
const TRIALS = {
  large: () => measureLarge(output("large-learner")),
  fuzz: () =>
    fuzz(output("fuzz"), { exchanges: Number(values.exchanges), seed: Number(values.seed), path: values.path }),
  load: () =>
    load(output("load"), {
      minutes: Number(values.minutes),
      killEvery: Number(values["kill-every"]),
      seed: Number(values.seed),
      store: values.store,
    }),
};
const names = Object.keys(BENCHMARKS) as (keyof typeof BENCHMARKS)[];
const trials = Object.keys(TRIALS) as (keyof typeof TRIALS)[];
const [trial] = trials.filter((name) => positionals.includes(name));
const chosen = names.filter((name) =>
  positionals.length === 0 ? !ON_REQUEST.includes(name) : positionals.includes(name),
);

if (trial !== undefined && positionals.length === 1) {
  if (!(await TRIALS[trial]())) process.exitCode = 1;
} else if (chosen.length < positionals.length) {
  console.error(`usage: npm run bench -- [${names.join("|")}] [--quick]`);
  console.error("       npm run bench -- large");
  console.error("       npm run bench -- fuzz [--exchanges=20000] [--seed=N] [--path=PATH]");
  console.error("       npm run bench -- load [--minutes=10] [--kill-every=30] [--seed=N] [--store=ADDRESS]");
  process.exitCode = 2;
} else {
  const rows: Row[] = [];
  for (const name of chosen) {
    console.error(`${name} ...`);
    rows.push(...(await BENCHMARKS[name]({ quick: values.quick ?? false })));
  }
  console.log(table(rows));
  writeReport(
    output("bench"),
    [...(positionals.length === 0 ? ["all"] : chosen), ...(values.quick ? ["quick"] : [])].join("-"),
    rows,
  );
}
