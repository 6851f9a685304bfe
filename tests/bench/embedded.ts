import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { openFile } from "../../src/store/sqlite/open-file.ts";
import { withContent } from "./content.ts";
import { fillWithLearners, rawBatches } from "./embedded-floor.ts";
import { BATCH, batches, eventsSoFar, SHAPE, singles } from "./embedded-load.ts";
import { readAll, type Server, sendAll, startServer, startService } from "./embedded-service.ts";
import { interleave, median, ratios } from "./measure.ts";
import { atLeast, atMost, type Benchmark, type Row, under } from "./report.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

const CONSTANT = fileURLToPath(new URL("constant-service.ts", import.meta.url));
const CONNECTIONS = 10;
const READERS = 50;
const MANY_LEARNERS = 100_000;

const FULL = { starts: 3, rounds: 9, single: 1_000, batched: 20, warmUp: 4_000, memoryAfter: 100_000 };
const QUICK = { ...FULL, starts: 1, rounds: 3, warmUp: 1_000, memoryAfter: 10_000 };
type Size = typeof FULL;

/** The service as `npm start` runs it, HTTP included, with the client on the same cores, in many short rounds. */
export const embedded: Benchmark = ({ quick }) =>
  withContent(SHAPE, (CONTENT_DIR) =>
    // Not among the content, which the service watches.
    withTemporaryFolder(async (folder) => {
      const size = quick ? QUICK : FULL;
      const start = (name: string) => startService({ CONTENT_DIR, DATA_DIR: join(folder, name), STORE: "embedded" });
      const rows = [await starting(() => start("start"), size)];

      const many = await openFile(join(folder, "many"), { mustExist: false });
      fillWithLearners(many, MANY_LEARNERS);
      many.close();
      const raw = await openFile(join(folder, "raw"), { mustExist: false });
      // The service flushes the log itself, beside the event loop; bare statements leave that to each commit.
      raw.exec("PRAGMA synchronous = FULL");
      const [service, crowded, constant] = await Promise.all([
        start("data"),
        start("many"),
        startServer([CONSTANT], { CONTENT_DIR }),
      ]);
      try {
        for (const { url } of [service, crowded, constant]) await sendAll(url, singles(size.warmUp), CONNECTIONS);
        rows.push(await amongMany(service, crowded, size));
        rows.push(...(await singly(service, constant, size)));
        rows.push(...(await inBatches(service, raw, size)));
        rows.push(await reading(service, size));
        rows.push(await memory(service, size));
        return rows;
      } finally {
        raw.close();
        await Promise.all([service, crowded, constant].map((server) => server.stop()));
      }
    }),
  );

const row = (name: string, unit: string, figures: Omit<Row, "benchmark" | "case" | "unit">): Row => ({
  benchmark: "embedded",
  case: name,
  unit,
  ...figures,
});

async function starting(start: () => Promise<Server>, { starts }: Size): Promise<Row> {
  const times: number[] = [];
  // The first start compiles, and keeps that for the next.
  for (let each = -1; each < starts; each++) {
    const server = await start();
    if (each >= 0) times.push(server.startMs);
    await server.stop();
  }
  const value = median(times);
  return row("start to first answer", "ms", { value, aim: under(value, 1_000, "ms") });
}

/** What a learner's event takes among many learners, to what it takes among few. */
async function amongMany(few: Server, many: Server, { rounds, single }: Size): Promise<Row> {
  const send = ({ url }: Server) => sendAll(url, singles(single), CONNECTIONS);
  const times = await interleave(rounds, { few: () => send(few), many: () => send(many) }, 1);
  const { ratio, spread } = ratios(times.many, times.few);
  return row(`an event among ${MANY_LEARNERS} learners, to one among few`, "ms", {
    value: median(times.many) / single,
    floor: median(times.few) / single,
    ratio,
    spread,
    aim: atMost(ratio, 1.3),
  });
}

const perSecond = (events: number, times: readonly number[]) => (events * 1_000) / median(times);

/** The ratio holds on a busy machine, too; so many a second are asked of a quiet one. */
function rateRows(name: string, value: number, leastPerSecond: number, others: Partial<Row>): Row[] {
  return [
    row(name, "events/s", { value, ...others }),
    row(`${name}, on a quiet machine`, "events/s", { value, aim: atLeast(value, leastPerSecond) }),
  ];
}

async function singly(service: Server, constant: Server, { rounds, single }: Size): Promise<Row[]> {
  // A busy machine lets a short burst through at once and a longer one wait: both must last about as long.
  const more = 5;
  const times = await interleave(
    rounds,
    {
      service: () => sendAll(service.url, singles(single), CONNECTIONS),
      constant: () => sendAll(constant.url, singles(single * more), CONNECTIONS).then((ms) => ms / more),
    },
    1,
  );
  const { ratio, spread } = ratios(times.constant, times.service);
  const floor = perSecond(single, times.constant);
  const others = { floor, ratio, spread, aim: atLeast(ratio, 0.3) };
  const name = `single events, ${CONNECTIONS} connections`;
  return rateRows(name, perSecond(single, times.service), 2_000, others);
}

async function inBatches(service: Server, raw: DatabaseSync, { rounds, batched }: Size): Promise<Row[]> {
  const times = await interleave(
    rounds,
    {
      service: () => sendAll(service.url, batches(batched), CONNECTIONS),
      raw: () => rawBatches(raw, batched),
    },
    1,
  );
  const { ratio, spread } = ratios(times.raw, times.service);
  const floor = perSecond(batched * BATCH, times.raw);
  const others = { floor, ratio, spread, aim: atLeast(ratio, 0.5) };
  return rateRows(`batches of ${BATCH}`, perSecond(batched * BATCH, times.service), 5_000, others);
}

async function reading(service: Server, { single, rounds }: Size): Promise<Row> {
  const paths = Array.from({ length: READERS }, (_, each) => `/learners/learner-${each}/progress`);
  const writing = sendAll(service.url, singles(single * Math.ceil(rounds / 3)), CONNECTIONS);
  const value = median(await readAll(service.url, paths, READERS, writing));
  return row(`median read, ${READERS} connections, writes beside`, "ms", { value, aim: under(value, 40, "ms") });
}

async function memory(service: Server, { memoryAfter }: Size): Promise<Row> {
  const left = Math.max(0, memoryAfter - eventsSoFar());
  await sendAll(service.url, batches(Math.ceil(left / BATCH)), CONNECTIONS);
  const value = service.megabytes();
  return row(`memory after ${memoryAfter} events in all`, "MB", { value, aim: under(value, 200, "MB") });
}
