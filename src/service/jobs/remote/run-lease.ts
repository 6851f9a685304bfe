import { toTimestamp } from "../../../model/time.ts";
import type { RunLease, RunLeases } from "../../../store/run-leases.ts";
import { type HasEnded, NO_PROCESS, takeLease } from "../lease-table.ts";
import type { Plan } from "./remote-run.ts";

/** Before the name of an execution, in the place of a host. */
const EXECUTION = "execution ";

/** The execution that a lease is of; undefined where a process has it. */
export const executionOf = ({ host, pid }: Pick<RunLease, "host" | "pid">): string | undefined =>
  pid === NO_PROCESS && host.startsWith(EXECUTION) ? host.slice(EXECUTION.length) : undefined;

type Held = { plan: Plan; execution: string };

/** No process has it, but an execution, whose functions come and go; it is for the whole table, however it is divided. */
const leaseOf = ({ plan: { run }, execution }: Held): Omit<RunLease, "heartbeatAt"> => ({
  run,
  host: EXECUTION + execution,
  pid: NO_PROCESS,
  segments: 1,
  from: 0,
  to: 0,
});

/**
 * Leases the table for an execution that writes. Until when it is surely alive stands in the place of when it was heard
 * of, because for as long as one of its functions may run it may not be heard of at all.
 * @throws RunRefused where another run is alive
 */
export const takeRunLease = (
  leases: RunLeases,
  held: Held,
  { force, now, until }: { force: boolean; now: number; until: number },
): Promise<void> => takeLease(leases, { ...leaseOf(held), heartbeatAt: toTimestamp(until) }, { force, now });

/** @returns false when somebody has taken the lease away */
export async function renewRunLease(leases: RunLeases, held: Held, until: number): Promise<boolean> {
  return (await leases.lease({ ...leaseOf(held), heartbeatAt: toTimestamp(until) }, false)) === "written";
}

/** Gives back the leases of what has ended without giving them back itself. */
export async function releaseEnded(leases: RunLeases, hasEnded: HasEnded): Promise<void> {
  for (const lease of await leases.all()) if (await hasEnded(lease)) await leases.release(lease);
}

export const releaseRunLease = (leases: RunLeases, held: Held): Promise<void> => leases.release(leaseOf(held));
