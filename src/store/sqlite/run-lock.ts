import { RUNS_PARTITION, runKey } from "../keys.ts";
import type { RunClaim, RunLock } from "../run-lock.ts";
import type { Access } from "./access.ts";
import { allKeys } from "./table.ts";

const NO_LIMIT = -1;

/** Runs announce themselves in the file that they write, so that two processes see each other. */
export function createRunLock(access: Access): RunLock {
  const table = access.progress;
  const isHeldBy = ({ host, pid, ...claim }: Omit<RunClaim, "heartbeatAt">) => {
    const held = table.get(RUNS_PARTITION, runKey(claim).entity);
    return held?.host === host && held.pid === pid;
  };

  return {
    claims: () =>
      access.read(() =>
        table.page(RUNS_PARTITION, allKeys, NO_LIMIT).map(({ run, host, pid, segments, from, to, heartbeat_at }) => {
          const claim = { run, host, pid, segments, from, to, heartbeatAt: heartbeat_at };
          return claim as RunClaim;
        }),
      ),

    claim: ({ heartbeatAt, ...claim }, isFirst) =>
      access.write(() => {
        if (!isFirst && !isHeldBy(claim)) return "lost";
        table.put(RUNS_PARTITION, runKey(claim).entity, { ...claim, heartbeat_at: heartbeatAt });
        return "written";
      }),

    release: (claim) =>
      access.write(() => {
        if (isHeldBy(claim)) table.delete(RUNS_PARTITION, runKey(claim).entity);
      }),
  };
}
