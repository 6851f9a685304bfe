import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { encodeItem, sumOf } from "../../src/store/sqlite/encode-item.ts";
import { openFile } from "../../src/store/sqlite/open-file.ts";
import { Table } from "../../src/store/sqlite/table.ts";
import { moduleSlug, withContent } from "./content.ts";
import { readAll, type Server, sendAll, startServer } from "./embedded-service.ts";
import { median, ratios } from "./measure.ts";
import { atLeast, atMost, type Benchmark, type Row, under } from "./report.ts";

const SHAPE = { courses: 20, modulesPerCourse: 5, coursesPerPathway: 5 };
const BATCH = 50;
const TS = "2026-01-18T10:15:00.000Z";

let learners = 0;
const newLearner = () => `learner-${learners++}`;

const eventOf = (contactId: string, index: number) => {
  const course = Math.floor(index / SHAPE.modulesPerCourse) % SHAPE.courses;
  return {
    eventName: "learning_module_completed",
    contactIdentifier: { contactId },
    payload: { module_slug: moduleSlug(course, index % SHAPE.modulesPerCourse), ts: TS },
  };
};

/** Events of learners who complete a course each, one event a request or BATCH of them. */
function bodies(events: number, perRequest: number): Buffer[] {
  const all = Array.from({ length: Math.ceil(events / SHAPE.modulesPerCourse) }, (_, each) => {
    const learner = newLearner();
    const first = (each % SHAPE.courses) * SHAPE.modulesPerCourse;
    return Array.from({ length: SHAPE.modulesPerCourse }, (_, module) => eventOf(learner, first + module));
  });
  // Side by side and not one after the other, so that a learner's events do not overtake each other.
  const lanes = all.flatMap((events) => (perRequest === 1 ? [] : events));
  const single = Array.from({ length: SHAPE.modulesPerCourse }, (_, module) =>
    all.map((events) => events[module]),
  ).flat();
  if (perRequest === 1) return single.map((event) => Buffer.from(JSON.stringify(event)));
  return Array.from({ length: Math.ceil(lanes.length / perRequest) }, (_, each) =>
    Buffer.from(JSON.stringify({ events: lanes.slice(each * perRequest, (each + 1) * perRequest) })),
  );
}

/** The statements that batches of events come to, on a bare connection, a transaction and a flush for each step. */
function rawBatches(file: DatabaseSync, batches: number): number {
  const put = (table: string, key: string) =>
    file.prepare(
      `INSERT INTO ${table} (bucket, learner_id, ${key}, item, sum) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET item = excluded.item`,
    );
  const get = (table: string, key: string) =>
    file.prepare(`SELECT item FROM ${table} WHERE bucket = ? AND learner_id = ? AND ${key} = ?`);
  const [putItem, putRecord] = [put("progress", "entity"), put("records", "record")];
  const [getItem, getRecord] = [get("progress", "entity"), get("records", "record")];
  const read = file.prepare("SELECT entity, item FROM progress WHERE bucket = ? AND learner_id = ?");
  const write = (learner: string, key: string, statements: [typeof getItem, typeof putItem], item: object) => {
    statements[0].get(7, learner, key);
    const text = encodeItem({ ...item });
    statements[1].run(7, learner, key, text, sumOf(learner, key, text));
  };
  const inTransaction = (work: () => void) => {
    file.exec("BEGIN IMMEDIATE");
    work();
    file.exec("COMMIT");
  };
  const began = performance.now();
  for (let batch = 0; batch < batches; batch++) {
    const some = Array.from({ length: BATCH / SHAPE.modulesPerCourse }, newLearner);
    const modules = Array.from({ length: SHAPE.modulesPerCourse }, (_, module) => moduleSlug(0, module));
    inTransaction(() => {
      for (const learner of some)
        for (const slug of modules) {
          write(learner, `MODULE#${slug}`, [getItem, putItem], { completed_at: TS });
          write(learner, `ATTEMPT#${TS}#${slug}`, [getRecord, putRecord], {
            event_id: slug,
            occurred_at: TS,
            module_slug: slug,
          });
        }
    });
    for (const learner of some) read.all(7, learner);
    inTransaction(() => {
      for (const learner of some)
        write(learner, "COURSE#course", [getItem, putItem], { completed: true, completed_at: TS });
    });
  }
  return ((batches * BATCH) / (performance.now() - began)) * 1_000;
}

const perSecond = (events: number, ms: number) => (events / ms) * 1_000;

/** The service as `npm start` runs it, HTTP included, with the client on the same cores. */
export const embedded: Benchmark = ({ quick }) =>
  withContent(SHAPE, async (folder) => {
    const rounds = quick ? 3 : 5;
    const [singles, batches] = quick ? [1_500, 40] : [5_000, 200];
    const CONTENT_DIR = folder;
    const DATA_DIR = join(folder, "data");
    const service = await startServer("../../src/local/main.ts", { CONTENT_DIR, DATA_DIR, STORE: "embedded" });
    const constant = await startServer("constant-service.ts", {});
    const raw = await openFile(join(folder, "raw"), { mustExist: false, durability: "flush" });
    try {
      const rows: Row[] = [
        {
          benchmark: "embedded",
          case: "start to listening",
          value: service.startMs,
          unit: "ms",
          aim: under(service.startMs, 1_000, "ms"),
        },
      ];
      rows.push(...(await throughput(service, constant, raw, { rounds, singles, batches })));
      rows.push(await reading(service, singles));
      const megabytes = service.megabytes();
      rows.push({
        benchmark: "embedded",
        case: `memory after ${learners * SHAPE.modulesPerCourse} events`,
        value: megabytes,
        unit: "MB",
        aim: under(megabytes, 200, "MB"),
      });
      if (!quick) rows.push(await amongMany(service, DATA_DIR, singles));
      return rows;
    } finally {
      raw.close();
      await Promise.all([service.stop(), constant.stop()]);
    }
  });

async function throughput(
  service: Server,
  constant: Server,
  raw: DatabaseSync,
  { rounds, singles, batches }: { rounds: number; singles: number; batches: number },
): Promise<Row[]> {
  const [one, none, many, bare]: number[][] = [[], [], [], []];
  for (let round = -1; round < rounds; round++) {
    const taken = [
      perSecond(singles, await sendAll(service.url, bodies(singles, 1), 10)),
      perSecond(singles, await sendAll(constant.url, bodies(singles, 1), 10)),
      perSecond(batches * BATCH, await sendAll(service.url, bodies(batches * BATCH, BATCH), 10)),
      rawBatches(raw, batches),
    ] as const;
    if (round < 0) continue;
    for (const [index, values] of [one, none, many, bare].entries()) values?.push(taken[index] as number);
  }
  const row = (name: string, of: number[], to: number[], share: number): Row => {
    const { ratio, spread } = ratios(of, to);
    return {
      benchmark: "embedded",
      case: name,
      value: median(of),
      floor: median(to),
      unit: "events/s",
      ratio,
      spread,
      aim: atLeast(ratio, share),
    };
  };
  return [
    row("single events, 10 connections, to a constant answer", one as number[], none as number[], 0.3),
    row("batches of 50, to the same statements", many as number[], bare as number[], 0.5),
  ];
}

async function reading(service: Server, writes: number): Promise<Row> {
  const paths = Array.from({ length: 50 }, (_, each) => `/learners/learner-${each}/progress`);
  const writing = sendAll(service.url, bodies(writes, 1), 10);
  const value = median(await readAll(service.url, paths, 50, writing));
  return {
    benchmark: "embedded",
    case: "median read, 50 connections, writes beside",
    value,
    unit: "ms",
    aim: under(value, 40, "ms"),
  };
}

const MANY_LEARNERS = 100_000;

/** What a learner's event costs among many learners, to what it costs among few. */
async function amongMany(service: Server, dataDir: string, events: number): Promise<Row> {
  const few = await sendAll(service.url, bodies(events, 1), 10);
  const file = await openFile(dataDir, { mustExist: true, durability: "process" });
  const table = new Table(file, "progress");
  for (let first = 0; first < MANY_LEARNERS; first += 1_000) {
    file.exec("BEGIN IMMEDIATE");
    for (let each = first; each < first + 1_000; each++)
      for (let module = 0; module < SHAPE.modulesPerCourse; module++)
        table.put(`many-${each}`, `MODULE#${moduleSlug(0, module)}`, { completed_at: TS });
    file.exec("COMMIT");
  }
  file.close();
  await sendAll(service.url, bodies(events / 5, 1), 10);
  const many = await sendAll(service.url, bodies(events, 1), 10);
  return {
    benchmark: "embedded",
    case: `an event among ${MANY_LEARNERS} learners, to few`,
    value: many / events,
    floor: few / events,
    unit: "ms",
    ratio: many / few,
    aim: atMost(many / few, 1.3),
  };
}
