import { startDynamoDbLocal } from "../../src/local/dynamodb-local.ts";
import { withContent } from "./content.ts";
import type { StoreAnswer } from "./dynalite.ts";
import type { FloorQuestion } from "./floor.ts";
import { interleave, median, ratios } from "./measure.ts";
import { atLeast, type Benchmark, type Row } from "./report.ts";
import { startService } from "./service.ts";
import { startWorker } from "./worker.ts";
import { CATALOG, eventsIn, LOADS, lanesOf } from "./workload.ts";

const PREFIX = "bench";
const AIM = 0.9;

type Target = { name: string; endpoint: string; callsTaken: () => Promise<number | undefined> };

/** Events through HTTP, against the bare store calls that they need. */
export const events: Benchmark = async ({ quick }) => {
  const rows: Row[] = [];
  const dynalite = startWorker<object, StoreAnswer>("dynalite.ts");
  try {
    const { endpoint } = await dynalite.ask({});
    const callsTaken = async () => (await dynalite.ask({})).calls;
    rows.push(...(await measure({ name: "dynalite", endpoint, callsTaken }, quick)));
  } finally {
    dynalite.stop();
  }
  const local = await startDynamoDbLocal();
  if (local === undefined) return rows;
  try {
    const callsTaken = async () => undefined;
    rows.push(...(await measure({ name: "DynamoDB Local", endpoint: local.endpoint, callsTaken }, quick)));
  } finally {
    local.process.kill("SIGKILL");
  }
  return rows;
};

const measure = ({ name, endpoint, callsTaken }: Target, quick: boolean): Promise<Row[]> =>
  withContent(CATALOG, async (contentDir) => {
    const service = await startService(endpoint, PREFIX, contentDir);
    const floor = startWorker<FloorQuestion, number>("floor.ts");
    let id = 0;
    try {
      await floor.ask({ open: { endpoint, prefix: PREFIX } });
      const rows: Row[] = [];
      for (const [load, { name: loadName }] of LOADS.entries()) {
        const calls = { service: 0, floor: 0 };
        const counting = (side: keyof typeof calls, run: () => Promise<number>) => async () => {
          await callsTaken();
          const time = await run();
          calls[side] = (await callsTaken()) ?? 0;
          return time;
        };
        const times = await interleave(
          quick ? 3 : 7,
          {
            service: counting("service", () => service.run({ load, id: id++ })),
            floor: counting("floor", () => floor.ask({ run: { load, id: id++ } })),
          },
          quick ? 1 : 2,
        );
        // A floor that makes other calls than the service compares nothing.
        if (calls.service !== calls.floor)
          console.error(
            `${name}, ${loadName}: the service made ${calls.service} store calls, the floor ${calls.floor}`,
          );
        const count = eventsIn(lanesOf({ load, id: 0 }));
        const { ratio, spread } = ratios(times.floor, times.service);
        rows.push({
          benchmark: "events",
          case: `${loadName}, ${name}`,
          value: (count * 1_000) / median(times.service),
          floor: (count * 1_000) / median(times.floor),
          unit: "events/s",
          ratio,
          spread,
          aim: atLeast(ratio, AIM),
        });
      }
      return rows;
    } finally {
      floor.stop();
      await service.stop();
    }
  });
