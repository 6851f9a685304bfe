import type { Catalog } from "../../../catalog/catalog.ts";
import { packCatalog, unpackCatalog } from "../../../catalog/pack.ts";
import { type Timestamp, toTimestamp } from "../../../model/time.ts";
import type { PlanCall, Planned } from "./calls.ts";
import { jobNamed, type Remote, type Time } from "./remote.ts";
import { JobRefused } from "./remote-job.ts";
import { names, type Plan, RemoteRun } from "./remote-run.ts";
import { releaseRunLease, takeRunLease } from "./run-lease.ts";

/** More would not fit into what one state may hand to the next. */
export const MAX_SEGMENTS = 1_000;

/**
 * Begins a run, or goes on with one, and says what there is to do. Doing it twice is doing it once.
 * @throws JobRefused, RunRefused
 */
export async function planRun({ execution, request }: PlanCall, remote: Remote, { until }: Time): Promise<Planned> {
  const { job, run: name, force } = request;
  const { check, prepare } = jobNamed(remote, job);
  const run = new RemoteRun(remote.bucket, { job, run: name });
  const opened = remote.open();
  try {
    const { leases } = opened.connect("page");
    const catalog = await catalogAsked(run, request, remote);
    let plan =
      request.options === undefined
        ? await planToGoOn(run, opened.target)
        : newPlan(request, catalog.version, opened.target, toTimestamp(remote.now()));
    if (plan.catalogVersion === catalog.version) check?.(plan, catalog);
    const held = { plan, execution };
    if (!plan.options.dryRun) await takeRunLease(leases, held, { force, now: remote.now(), until });
    try {
      if (request.options !== undefined)
        plan = (await prepare?.(plan, { bucket: remote.bucket, now: remote.now() })) ?? plan;
      await keepPlan(run, plan);
      if (request.options !== undefined) await run.bucket.write(run.folder + names.catalog, packCatalog(catalog), null);
      await run.write(names.execution, { execution });
    } catch (error) {
      await releaseRunLease(leases, held);
      throw error;
    }
    return { job, run: name, execution, ...shared(request, plan.options.segments) };
  } finally {
    await opened.close();
  }
}

/** @throws JobRefused where the run's folder has not the catalog that is asked for */
async function catalogAsked(
  run: RemoteRun,
  { catalog_version: version }: PlanCall["request"],
  remote: Remote,
): Promise<Catalog> {
  const current = await remote.catalog();
  if (version === undefined || version === current.version) return current;
  const found = await run.bucket.read(run.folder + names.catalog);
  const given = found && unpackCatalog(found.text);
  if (given?.version === version) return given;
  throw new JobRefused(`The catalog ${version}, by which the run is to go, is not in its folder ${run.folder}.`);
}

function newPlan(
  { job, run, options, start_time }: PlanCall["request"],
  catalogVersion: string,
  target: string,
  now: Timestamp,
): Plan {
  const given = options as Plan["options"];
  if (!(given.segments >= 1 && given.segments <= MAX_SEGMENTS))
    throw new JobRefused(`On AWS a run has 1 to ${MAX_SEGMENTS} segments, not ${given.segments}.`);
  return { job, run, options: given, catalogVersion, target, startTime: start_time ?? now };
}

async function planToGoOn(run: RemoteRun, target: string): Promise<Plan> {
  const plan = await run.plan();
  if (plan === undefined) throw new JobRefused(`There is no run ${run.folder} in the bucket. Begin a new one.`);
  if ((await run.json<{ finished: boolean }>(names.checkpoint))?.finished)
    throw new JobRefused(`The run ${plan.run} is finished; there is nothing to resume.`);
  if ((await run.json(names.rolledBack)) !== undefined)
    throw new JobRefused(`The run ${plan.run} has been rolled back. Begin a new one.`);
  if (plan.target !== target) throw new JobRefused(`The run began on ${plan.target}, and this is ${target}.`);
  return plan;
}

async function keepPlan(run: RemoteRun, plan: Plan): Promise<void> {
  await run.bucket.remove([run.folder + names.stop]);
  if ((await run.write(names.plan, plan, null)) !== "lost") return;
  const { options, startTime } = (await run.plan()) ?? plan;
  if (JSON.stringify([options, startTime]) !== JSON.stringify([plan.options, plan.startTime]))
    throw new JobRefused(`There is another run ${plan.run} in the bucket. Give this one another name.`);
}

/** What each segment may take is less than its share at the end, when fewer are left than may go at once. */
function shared(
  { at_once, max_rcu, max_wcu }: PlanCall["request"],
  count: number,
): Omit<Planned, "job" | "run" | "execution"> {
  const atOnce = Math.min(at_once, count);
  const part = (units: number | null) => units && units / atOnce;
  return {
    segments: Array.from({ length: count }, (_, segment) => segment),
    at_once: atOnce,
    share: { max_rcu: part(max_rcu), max_wcu: part(max_wcu) },
  };
}
