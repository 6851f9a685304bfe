import { performance } from "node:perf_hooks";
import pLimit from "p-limit";
import { describe, expect, it } from "vitest";
import { createClient } from "../../../src/store/dynamodb/client.ts";
import { meterClient } from "../../../src/store/dynamodb/meter.ts";
import { createScanner } from "../../../src/store/dynamodb/scan.ts";
import { createStore } from "../../../src/store/dynamodb/store.ts";
import type { ScannedLearner } from "../../../src/store/scanner.ts";
import type { Limits } from "../../../src/store/usage.ts";
import { startStoreProxy } from "../../support/fakes/store-proxy.ts";
import {
  backfill,
  backfillToEnd,
  dynaliteForFile,
  putRow,
  type Row,
  runsFolder,
  tableWith,
  writesIn,
} from "../../support/processes/backfill.ts";
import { describeStores, type TestStore } from "../../support/processes/stores.ts";
import { CATALOG, missing, right, wrongTime } from "./learners.ts";

const many = (count: number, rows: (learner: string) => Row[]): Row[] =>
  Array.from({ length: count }, (_, index) => rows(`learner-${index}`)).flat();

describeStores("A scan", (open) => {
  const scanned = async ({ client, tables }: TestStore, segments: number, unitsPerPage?: number) => {
    const scanner = createScanner(client, tables, unitsPerPage);
    const learners: ScannedLearner[] = [];
    for (let segment = 0; segment < segments; segment++)
      for await (const page of scanner.segment(segment, segments)) learners.push(...page.learners);
    return learners;
  };

  it.each([
    [1, undefined],
    [7, undefined],
    [1, 0.1],
    [3, 1],
  ])("in %i segments, %s units a page, gives every learner once, with all its items", async (segments, units) => {
    const rows = many(60, right);
    const opened = await tableWith(open().endpoint, rows);
    const learners = await scanned(opened, segments, units);
    expect(learners.map(({ learnerId }) => learnerId).sort()).toEqual([...new Set(rows.map(([id]) => id))].sort());
    for (const { items } of learners) expect(items).toHaveLength(4);
    if (units !== undefined)
      expect(opened.calls.filter(({ command }) => command === "Scan").length).toBeGreaterThan(2 * segments);
  });

  it("goes on behind the last whole learner", async () => {
    const opened = await tableWith(open().endpoint, many(40, right));
    const scanner = createScanner(opened.client, opened.tables, 0.1);
    const all = await scanned(opened, 1);
    const first: ScannedLearner[] = [];
    for await (const page of scanner.segment(0, 1)) {
      first.push(...page.learners);
      if (first.length >= 10) break;
    }
    const last = first.at(-1);
    // The run that goes on may itself have written it.
    await putRow(opened, [String(last?.learnerId), "PATHWAY#full-stack", { completed: false }]);
    const rest: ScannedLearner[] = [];
    for await (const page of scanner.segment(0, 1, last?.last)) rest.push(...page.learners);
    expect([...first, ...rest]).toEqual(all);
  });

  it("in four runs of four segments each, at once, covers every learner exactly once", async () => {
    const opened = await tableWith(open().endpoint, many(120, missing));
    const runs = await Promise.all(
      [0, 4, 8, 12].map((from) =>
        backfillToEnd(opened, CATALOG, { segments: 16, segmentRange: { from, to: from + 3 }, batchSize: 5 }),
      ),
    );
    const done = runs.flatMap(({ changes }) => changes.map(({ contact_id }) => contact_id));
    expect(done).toHaveLength(120);
    expect(new Set(done).size).toBe(120);
    expect(runs.reduce((sum, { summary }) => sum + summary.total_contacts, 0)).toBe(120);
    expect(writesIn(opened)).toHaveLength(120);
  });
});

const endpoint = dynaliteForFile();

describe("A limit of capacity units a second", () => {
  const LEARNERS = 90;

  /** Units a second that many requests at once consume, all in all. */
  async function rateOf(limits: Limits, request: (store: TestStore["store"], learner: string) => Promise<unknown>) {
    const { client, tables } = await tableWith(endpoint(), many(LEARNERS, missing));
    const meter = meterClient(client, limits);
    const store = createStore(client, tables);
    const limit = pLimit(32);
    const began = performance.now();
    await Promise.all(Array.from({ length: LEARNERS }, (_, index) => limit(() => request(store, `learner-${index}`))));
    const seconds = (performance.now() - began) / 1_000;
    return { seconds, units: Math.max(meter.rcu, meter.wcu) };
  }

  it.each<[string, Limits, Parameters<typeof rateOf>[1]]>([
    [
      "writes",
      { maxWcu: 40 },
      (store, learner) => store.setFlag(learner, { type: "course", slug: "ruby" }, undefined, undefined),
    ],
    ["reads", { maxRcu: 40 }, (store, learner) => store.read(learner)],
  ])("holds for %s, also of many at once", async (_, limits, request) => {
    const limit = limits.maxWcu ?? limits.maxRcu ?? 0;
    const { seconds, units } = await rateOf(limits, request);
    expect(units).toBeGreaterThan(0);
    // A tenth of a second's worth may be saved up, and one request may go into debt.
    expect(units).toBeLessThanOrEqual(limit * (seconds + 0.1) * 1.05 + 1);
    expect(seconds).toBeLessThan(2 * (units / limit) + 10);
  });

  it("holds for a run, which spreads its scan over many small pages", async () => {
    const opened = await tableWith(endpoint(), many(200, missing));
    const scanner = createScanner(opened.client, opened.tables, 2);
    const began = performance.now();
    const { summary } = await backfillToEnd(opened, CATALOG, { scanner, limits: { maxRcu: 60, maxWcu: 100 } });
    const seconds = (performance.now() - began) / 1_000;
    expect(summary.updated).toBe(200);
    expect(summary.consumed_wcu).toBeGreaterThanOrEqual(200);
    expect(summary.consumed_wcu).toBeLessThanOrEqual(100 * (seconds + 0.1) * 1.05 + 1);
    expect(summary.consumed_rcu).toBeLessThanOrEqual(60 * (seconds + 0.1) * 1.05 + 2);
  });
});

describe("A store that refuses requests", () => {
  it("every third one is asked again, more slowly, until all is done", async () => {
    const { tables } = await tableWith(endpoint(), many(120, missing));
    const proxy = await startStoreProxy(endpoint());
    proxy.decide = () => (proxy.seen.length % 3 === 0 ? "throttle" : "pass");
    const client = createClient({ endpoint: proxy.endpoint, region: "us-east-1", patience: "batch" });
    const scanner = () => createScanner(client, tables);
    const store = createStore(client, tables);
    const { summary, failures } = await backfillToEnd({ client, store, scanner }, CATALOG);
    expect(failures).toEqual([]);
    expect(summary).toMatchObject({ total_contacts: 120, updated: 120, failed: 0 });
    const refused = proxy.seen.length - Object.values(proxy.passed).reduce((sum, count) => sum + count);
    expect(refused).toBeGreaterThan(50);
    expect(proxy.passed.UpdateItem).toBe(120);
    client.destroy();
  });

  it("all of them for a while is waited for", async () => {
    const { tables } = await tableWith(endpoint(), many(40, missing));
    const proxy = await startStoreProxy(endpoint());
    let isAway = false;
    proxy.decide = ({ command }) => {
      if (command === "UpdateItem" && !isAway && (proxy.passed.UpdateItem ?? 0) === 10) {
        isAway = true;
        setTimeout(() => {
          proxy.decide = () => "pass";
        }, 700);
      }
      return isAway ? "throttle" : "pass";
    };
    const client = createClient({ endpoint: proxy.endpoint, region: "us-east-1", patience: "batch" });
    const scanner = () => createScanner(client, tables);
    const { summary } = await backfillToEnd({ client, store: createStore(client, tables), scanner }, CATALOG);
    expect(isAway).toBe(true);
    expect(summary).toMatchObject({ updated: 40, failed: 0 });
    client.destroy();
  });
});

it("No more learners than --concurrency are in hand, whatever the segments", async () => {
  // Half of them are set straight from the scan, and half are read again, because a flag of theirs moves.
  const table = await tableWith(endpoint(), [
    ...many(30, missing),
    ...many(30, (learner) => wrongTime(`${learner}-moved`)),
  ]);
  const calls: string[] = [];
  const seen = new Set<string>();
  let most = 0;
  const counted = async <T>(learner: string, call: Promise<T>): Promise<T> => {
    calls.push(learner);
    seen.add(learner);
    most = Math.max(most, new Set(calls).size);
    return call.finally(() => calls.splice(calls.indexOf(learner), 1));
  };
  const store: TestStore["store"] = {
    ...table.store,
    read: (learner) => counted(learner, table.store.read(learner)),
    setFlag: (learner, ...given) => counted(learner, table.store.setFlag(learner, ...given)),
  };
  await backfill(table, CATALOG, { store, folder: runsFolder(), concurrency: 3, batchSize: 10 });
  expect(seen.size).toBe(60);
  expect(most).toBe(3);
});
