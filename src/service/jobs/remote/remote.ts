import type { Bucket } from "../../../aws/bucket.ts";
import type { Catalog } from "../../../catalog/catalog.ts";
import { unpackCatalog } from "../../../catalog/pack.ts";
import type { OpenStore } from "../../../store/open-store.ts";
import { JobRefused, type RemoteJob } from "./remote-job.ts";
import { names, type Plan, type RemoteRun } from "./remote-run.ts";

/** What the functions of a job stand on. */
export type Remote = {
  jobs: Readonly<Record<string, RemoteJob>>;
  bucket: Bucket;
  /** Opens the table for one invocation. */
  open(): OpenStore;
  /** The catalog of this moment. */
  catalog(): Promise<Catalog>;
  now(): number;
};

/** How long an invocation may take: when it is ended, and when it has to stop by itself. */
export type Time = { until: number; signal: AbortSignal };

export function jobNamed({ jobs }: Pick<Remote, "jobs">, name: string): RemoteJob {
  const job = Object.hasOwn(jobs, name) ? jobs[name] : undefined;
  if (job === undefined)
    throw new JobRefused(`There is no job ${name} on AWS; there are ${Object.keys(jobs).join(", ")}.`);
  return job;
}

/** The catalog under which a run began, and is worked to its end, also when another is published meanwhile. */
export async function catalogOf(run: RemoteRun, plan: Plan, remote: Remote): Promise<Catalog> {
  const current = await remote.catalog();
  if (current.version === plan.catalogVersion) return current;
  const found = await run.bucket.read(run.folder + names.catalog);
  if (found === undefined) throw new JobRefused(`The run ${plan.run} has lost its catalog. Begin a new one.`);
  return unpackCatalog(found.text);
}
