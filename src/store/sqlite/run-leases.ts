import { RUNS_PARTITION, runKey } from "../keys.ts";
import type { RunLease, RunLeases } from "../run-leases.ts";
import type { Access } from "./access.ts";

/** Runs announce themselves in the file that they write, so that two processes see each other. */
export function createRunLeases(access: Access): RunLeases {
  const table = access.progress;
  const isHeldBy = ({ host, pid, ...lease }: Omit<RunLease, "heartbeatAt">) => {
    const held = table.get(RUNS_PARTITION, runKey(lease).entity);
    return held?.host === host && held.pid === pid;
  };

  return {
    all: () =>
      access.read(() =>
        table.whole(RUNS_PARTITION).map(({ run, host, pid, segments, from, to, heartbeat_at }) => {
          const lease = { run, host, pid, segments, from, to, heartbeatAt: heartbeat_at };
          return lease as RunLease;
        }),
      ),

    lease: ({ heartbeatAt, ...lease }, isFirst) =>
      access.write(() => {
        if (!isFirst && !isHeldBy(lease)) return "lost";
        table.put(RUNS_PARTITION, runKey(lease).entity, { ...lease, heartbeat_at: heartbeatAt });
        return "written";
      }),

    release: (lease) =>
      access.write(() => {
        if (isHeldBy(lease)) table.delete(RUNS_PARTITION, runKey(lease).entity);
      }),
  };
}
