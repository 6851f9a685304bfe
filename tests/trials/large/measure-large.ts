import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDynamoDbLocal } from "../../../src/local/dynamodb-local.ts";
import type { StoreAnswer } from "../../bench/dynalite.ts";
import { median } from "../../bench/measure.ts";
import { machine } from "../../bench/report.ts";
import { withTemporaryFolder } from "../../bench/temporary-folder.ts";
import { startWorker } from "../../bench/worker.ts";
import { type Cost, LARGEST, type LargeLearner, largeLearner, type ModuleKind } from "./large-learner.ts";

const KINDS: ModuleKind[] = ["plain", "with conditions"];

type Measured = LargeLearner & { store: string; kind: ModuleKind };

/** What a learner with 5,000 modules costs. @returns whether every request was answered, and every flag set */
export async function measureLarge(output: string): Promise<boolean> {
  const results: Measured[] = [];
  const measure = async (store: string, endpoint: string) => {
    for (const kind of KINDS) {
      console.error(`modules ${kind}, ${store} ...`);
      const result = await withTemporaryFolder((folder) => largeLearner(endpoint, folder, LARGEST, kind));
      results.push({ store, kind, ...result });
    }
  };
  const dynalite = startWorker<object, StoreAnswer>("dynalite.ts");
  await measure("dynalite", (await dynalite.ask({})).endpoint).finally(dynalite.stop);
  const local = await startDynamoDbLocal();
  if (local) await measure("DynamoDB Local", local.endpoint).finally(() => local.process.kill("SIGKILL"));

  const report = `# A learner with 5,000 modules\n\n${machine()}. ${LARGEST.courses} courses of ${LARGEST.modulesPerCourse} modules, ${LARGEST.pathways} pathways.\n\n${results.map(sectionOf).join("\n")}`;
  mkdirSync(output, { recursive: true });
  writeFileSync(
    join(output, "report.json"),
    `${JSON.stringify({ measured_at: new Date().toISOString(), machine: machine(), results }, null, 2)}\n`,
  );
  writeFileSync(join(output, "report.md"), report);
  console.log(report);
  return results.every(
    ({ costs, courses, pathways }) =>
      costs.every(({ status }) => status === 200) && courses === LARGEST.courses && pathways === LARGEST.pathways,
  );
}

const count = (value: number) => Math.round(value).toLocaleString("en-US");
const row = (cells: (string | number)[]) => `| ${cells.join(" | ")} |`;

function sectionOf({ store, kind, costs, backfill }: Measured): string {
  const kinds = [...new Set(costs.map(({ what }) => what))];
  const middle = (what: string, of: (cost: Cost) => number) =>
    count(median(costs.filter((cost) => cost.what === what).map(of)));
  return [
    `## Modules ${kind}, ${store}`,
    "",
    row([
      "request",
      "ms",
      "calls",
      "read units",
      "write units",
      "answer, KB",
      "in a Lambda's envelope, KB",
      "gzipped, KB",
    ]),
    row(["---", "---:", "---:", "---:", "---:", "---:", "---:", "---:"]),
    ...kinds.map((what) =>
      row([
        what,
        middle(what, ({ milliseconds }) => milliseconds),
        middle(what, ({ calls }) => calls),
        middle(what, ({ readUnits }) => readUnits),
        middle(what, ({ writeUnits }) => writeUnits),
        middle(what, ({ bytes }) => Math.ceil(bytes / 1_024)),
        middle(what, ({ inEnvelope }) => Math.ceil(inEnvelope / 1_024)),
        middle(what, ({ gzipped }) => Math.ceil(gzipped / 1_024)),
      ]),
    ),
    row([
      `backfill that sets ${backfill.flags} flags, the whole command`,
      count(backfill.milliseconds),
      "",
      count(backfill.readUnits),
      count(backfill.writeUnits),
      "",
      "",
      "",
    ]),
    "",
  ].join("\n");
}
