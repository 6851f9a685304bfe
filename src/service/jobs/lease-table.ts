import { hostname } from "node:os";
import { toTimestamp } from "../../model/time.ts";
import type { RunLease, RunLeases } from "../../store/run-leases.ts";
import { isProcessAlive } from "./is-process-alive.ts";

const HEARTBEAT_MS = 10_000;
const DEAD_AFTER_MS = 60_000;
/** In the place of a process's id, of what is more than one process. */
export const NO_PROCESS = 0;

/** Another run is going; the message says which, and what to do. */
export class RunRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RunRefused";
  }
}

/** Whether what a lease is of is known to have ended, whatever the lease says. */
export type HasEnded = (lease: RunLease) => Promise<boolean>;

type Wanted = { run: string; segments: number; from: number; to: number };

/**
 * Leases the table for a run that writes, and keeps the lease alive until it is released.
 * @param force take the leases of others away, dead or not
 * @param onLost called when somebody has taken this run's lease away
 * @returns gives the lease back
 * @throws RunRefused where another run is alive that is not for other segments
 */
export async function leaseTable(
  leases: RunLeases,
  wanted: Wanted,
  {
    force,
    onLost,
    now = Date.now,
    hasEnded,
  }: { force: boolean; onLost: () => void; now?: () => number; hasEnded?: HasEnded },
): Promise<() => Promise<void>> {
  const mine = { ...wanted, host: hostname(), pid: process.pid };
  await takeLease(leases, { ...mine, heartbeatAt: toTimestamp(now()) }, { force, now: now(), hasEnded });

  const heartbeat = setInterval(() => {
    leases.lease({ ...mine, heartbeatAt: toTimestamp(now()) }, false).then(
      (outcome) => outcome === "lost" && onLost(),
      // The store may be away for a while; if it stays away, the run itself says so.
      () => {},
    );
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return async () => {
    clearInterval(heartbeat);
    await leases.release(mine);
  };
}

/** Takes a lease that the caller keeps alive. @throws RunRefused where another run is alive that is not for other segments */
export async function takeLease(
  leases: RunLeases,
  mine: RunLease,
  { force, now, hasEnded }: { force: boolean; now: number; hasEnded?: HasEnded | undefined },
): Promise<void> {
  const isOther = (lease: RunLease) => lease.host !== mine.host || lease.pid !== mine.pid;
  const rivals = async () => (await leases.all()).filter((lease) => isOther(lease) && overlaps(lease, mine));
  for (const rival of await rivals()) {
    if (!force && isAlive(rival, now) && !(await hasEnded?.(rival))) throw refusal(rival, now);
    await leases.release(rival);
  }
  await leases.lease(mine, true);
  // Of two that take a lease at once, each sees the other here: rather none than both.
  const [rival] = await rivals();
  if (rival === undefined) return;
  await leases.release(mine);
  throw refusal(rival, now);
}

const overlaps = (a: Omit<Wanted, "run">, b: Omit<Wanted, "run">): boolean =>
  a.segments !== b.segments || (a.from <= b.to && b.from <= a.to);

const isAlive = ({ host, pid, heartbeatAt }: RunLease, now: number): boolean =>
  host === hostname() ? isProcessAlive(pid) : now - Date.parse(heartbeatAt) < DEAD_AFTER_MS;

function refusal({ run, host, pid, heartbeatAt }: RunLease, now: number): RunRefused {
  const seconds = Math.max(0, Math.round((now - Date.parse(heartbeatAt)) / 1_000));
  return new RunRefused(
    `The run ${run} is writing to this table: ${pid === NO_PROCESS ? host : `process ${pid} on ${host}`}, last heard of ${seconds} s ago. ` +
      "Wait for it to end, or, if you are sure that it is dead, give --force.",
  );
}
