import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { backfill } from "./backfill.ts";
import { bundle } from "./bundle.ts";
import { catalog } from "./catalog.ts";
import { engine } from "./engine.ts";
import { events } from "./events.ts";
import { type Row, table, writeReport } from "./report.ts";
import { runtime } from "./runtime.ts";

const OUTPUT = fileURLToPath(new URL("../../verification-output/bench", import.meta.url));
const BENCHMARKS = { engine, catalog, bundle, events, backfill, runtime };
/** They run when they are named: this one installs and builds AWS's runtime client first. */
const ON_REQUEST = ["runtime"];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { quick: { type: "boolean" } } });
const names = Object.keys(BENCHMARKS) as (keyof typeof BENCHMARKS)[];
const chosen = names.filter((name) =>
  positionals.length === 0 ? !ON_REQUEST.includes(name) : positionals.includes(name),
);

if (chosen.length < positionals.length) {
  console.error(`usage: npm run bench -- [${names.join("|")}] [--quick]`);
  process.exitCode = 2;
} else {
  const rows: Row[] = [];
  for (const name of chosen) {
    console.error(`${name} ...`);
    rows.push(...(await BENCHMARKS[name]({ quick: values.quick ?? false })));
  }
  console.log(table(rows));
  writeReport(
    OUTPUT,
    [...(positionals.length === 0 ? ["all"] : chosen), ...(values.quick ? ["quick"] : [])].join("-"),
    rows,
  );
}
