import type { RollbackMode } from "../service/jobs/rollback-tally.ts";
import type { AwsArguments } from "./aws-arguments.ts";

/** The command line, as the parser gives it. */
export type RollbackArguments = AwsArguments & { run?: string; dryRun: boolean; verify: boolean };

export function modeOf({ verify, dryRun }: Pick<RollbackArguments, "verify" | "dryRun">): RollbackMode {
  if (verify) return "verify";
  return dryRun ? "dry-run" : "write";
}
