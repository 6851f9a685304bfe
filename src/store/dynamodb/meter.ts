import { setTimeout as sleep } from "node:timers/promises";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { currentUsage, type Limits, type Meter } from "../usage.ts";

type Capacity = { CapacityUnits?: number };
/** A request that may touch several tables says it for each. */
type Consumed = { ConsumedCapacity?: Capacity | Capacity[] };

const unitsIn = ({ ConsumedCapacity: consumed = [] }: Consumed): number =>
  [consumed].flat().reduce((sum, { CapacityUnits: units = 0 }) => sum + units, 0);

const WRITES = new Set(["UpdateItemCommand", "PutItemCommand", "DeleteItemCommand", "BatchWriteItemCommand"]);
/** A write whose condition does not hold is billed as well, but the error does not say how much. */
const LOST_WRITE_UNITS = 1;

/** Counts the capacity that a client consumes, and makes it wait where it would go over a limit. */
export function meterClient(client: DynamoDBDocumentClient, { maxRcu, maxWcu }: Limits = {}): Meter {
  const meter: Meter = { rcu: 0, wcu: 0 };
  const reads = new Bucket(maxRcu);
  const writes = new Bucket(maxWcu);
  addMeter(client, true, async (isWrite, send) => {
    const bucket = isWrite ? writes : reads;
    const reserved = await bucket.reserve();
    const units = await send();
    bucket.settle(reserved, units);
    meter[isWrite ? "wcu" : "rcu"] += units;
  });
  return meter;
}

/** Lets `withUsage` see a client's calls, and, unless nobody reads them, the units that they consume. */
export function meterUsage(client: DynamoDBDocumentClient, unitsAreRead: boolean): void {
  addMeter(client, unitsAreRead, async (isWrite, send) => {
    const usage = currentUsage();
    const began = performance.now();
    const units = await send();
    if (usage === undefined) return;
    usage.calls++;
    usage.ms += performance.now() - began;
    usage[isWrite ? "wcu" : "rcu"] += units;
  });
}

/** @param around is called for each request; `send` resolves to the units that it consumed, also where it failed */
function addMeter(
  client: DynamoDBDocumentClient,
  asksForUnits: boolean,
  around: (isWrite: boolean, send: () => Promise<number>) => Promise<void>,
): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const isWrite = WRITES.has(String(context.commandName));
      let result: ReturnType<typeof next> | undefined;
      await around(isWrite, async () => {
        const capacity = asksForUnits && { ReturnConsumedCapacity: "TOTAL" };
        result = next(capacity ? { ...args, input: { ...args.input, ...capacity } as never } : args);
        const failed = isWrite ? LOST_WRITE_UNITS : 0;
        return result.then(
          ({ output }) => unitsIn(output as Consumed),
          () => failed,
        );
      });
      return result as ReturnType<typeof next>;
    },
    { step: "initialize", name: "waymarkMeter", override: true },
  );
}

/** What is not asked for is not saved up, but for this: else a run would begin with a burst. */
const IDLE_SECONDS = 0.1;
/** Who waits, and is woken late since others held the process up, makes good for what was lost. */
const HELD_UP_SECONDS = 0.5;

/**
 * What a request costs is known only afterwards, so it reserves what the last one cost. A bucket may go into debt; the
 * next request waits until it is paid.
 */
class Bucket {
  readonly #perSecond: number | undefined;
  #level = 0;
  #at = performance.now();
  #lastCost = 1;

  constructor(perSecond: number | undefined) {
    this.#perSecond = perSecond;
  }

  /** @returns the units that `settle` is to be told of */
  async reserve(): Promise<number> {
    if (this.#perSecond === undefined) return 0;
    for (this.#refill(IDLE_SECONDS); this.#level < 0; this.#refill(HELD_UP_SECONDS))
      await sleep((-this.#level / this.#perSecond) * 1_000 + 1);
    const reserved = this.#lastCost;
    this.#level -= reserved;
    return reserved;
  }

  settle(reserved: number, units: number): void {
    if (this.#perSecond === undefined) return;
    this.#refill(IDLE_SECONDS);
    this.#level += reserved - units;
    if (units > 0) this.#lastCost = units;
  }

  /** @param most the seconds' worth that time alone may fill it with */
  #refill(most: number): void {
    const now = performance.now();
    const rate = this.#perSecond ?? 0;
    const full = Math.max(this.#level, rate * most);
    this.#level = Math.min(full, this.#level + (rate * (now - this.#at)) / 1_000);
    this.#at = now;
  }
}
