import { hostname } from "node:os";
import { toTimestamp } from "../../model/time.ts";
import type { RunClaim, RunLock } from "../../store/run-lock.ts";

const HEARTBEAT_MS = 10_000;
const DEAD_AFTER_MS = 60_000;

/** Another run is going; the message says which, and what to do. */
export class RunRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RunRefused";
  }
}

type Wanted = { run: string; segments: number; from: number; to: number };

/**
 * Claims the table for a run that writes, and keeps the claim alive until it is released.
 * @param force take the claims of others away, dead or not
 * @param onLost called when somebody has taken this run's claim away
 * @returns gives the claim back
 * @throws RunRefused where another run is alive that is not for other segments
 */
export async function claimRun(
  lock: RunLock,
  wanted: Wanted,
  { force, onLost, now = Date.now }: { force: boolean; onLost: () => void; now?: () => number },
): Promise<() => Promise<void>> {
  const mine = { ...wanted, host: hostname(), pid: process.pid };
  const isOther = (claim: RunClaim) => claim.host !== mine.host || claim.pid !== mine.pid;
  const rivals = async () => (await lock.claims()).filter((claim) => isOther(claim) && overlaps(claim, wanted));

  for (const rival of await rivals()) {
    if (!force && isAlive(rival, now())) throw refusal(rival, now());
    await lock.release(rival);
  }
  await lock.claim({ ...mine, heartbeatAt: toTimestamp(now()) }, true);
  // Of two that claim at once, each sees the other here: rather none than both.
  const [rival] = await rivals();
  if (rival) {
    await lock.release(mine);
    throw refusal(rival, now());
  }

  const heartbeat = setInterval(() => {
    lock.claim({ ...mine, heartbeatAt: toTimestamp(now()) }, false).then(
      (outcome) => outcome === "lost" && onLost(),
      // The store may be away for a while; if it stays away, the run itself says so.
      () => {},
    );
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return async () => {
    clearInterval(heartbeat);
    await lock.release(mine);
  };
}

const overlaps = (a: Omit<Wanted, "run">, b: Omit<Wanted, "run">): boolean =>
  a.segments !== b.segments || (a.from <= b.to && b.from <= a.to);

function isAlive({ host, pid, heartbeatAt }: RunClaim, now: number): boolean {
  if (host !== hostname()) return now - Date.parse(heartbeatAt) < DEAD_AFTER_MS;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function refusal({ run, host, pid, heartbeatAt }: RunClaim, now: number): RunRefused {
  const seconds = Math.max(0, Math.round((now - Date.parse(heartbeatAt)) / 1_000));
  return new RunRefused(
    `The run ${run} is writing to this table: process ${pid} on ${host}, last heard of ${seconds} s ago. ` +
      "Wait for it to end, or, if you are sure that it is dead, give --force.",
  );
}
