import { join } from "node:path";
import { packCatalog } from "../catalog/pack.ts";
import type { JobRequest } from "../service/jobs/remote/calls.ts";
import { names, RemoteRun } from "../service/jobs/remote/remote-run.ts";
import { awsTaskOf } from "./aws-arguments.ts";
import { type BackfillArguments, backfillIn, backfillOnAws, optionsOf } from "./backfill-command.ts";
import type { CommandContext } from "./command.ts";
import { withJobsOnAws } from "./jobs-on-aws.ts";
import { runOnAws } from "./on-aws.ts";
import { backfillArguments, type Publication, type Release } from "./publication.ts";
import { StartError } from "./start-error.ts";

type Settled = { code: number; path: string };

/** Settles the flags that a release concerns, where the release goes. @returns the exit code, and the run's folder */
export async function settleRelease(publication: Publication, release: Release): Promise<Settled> {
  const { given, opened, print } = publication;
  const itemCount = await opened.connect("page").scanner().approximateItemCount();
  const context = { ...publication, catalog: release.next, itemCount };
  const asked = backfillArguments(given, release, false);
  return given.on === "aws" ? settleOnAws(context, asked) : backfillIn(context, asked, optionsOf(asked), print);
}

/**
 * By an execution, which leases the table itself. It goes by the catalog that was published, whatever its functions have
 * taken up by then: it gets that with it.
 */
async function settleOnAws(context: Publication & CommandContext, asked: BackfillArguments): Promise<Settled> {
  const { environment, catalog, print, release } = context;
  const { begin } = awsTaskOf("backfill", asked, () => optionsOf(asked)) as { begin: JobRequest };
  return withJobsOnAws(environment, async (jobs) => {
    const run = new RemoteRun(jobs.bucket, begin);
    await run.bucket.write(run.folder + names.catalog, packCatalog(catalog));
    await release();
    const task = { begin: { ...begin, catalog_version: catalog.version } };
    const code = await runOnAws(jobs, task, backfillOnAws(asked, context, print)).catch(notSettled);
    return { code, path: join(asked.outputDir, begin.run) };
  });
}

function notSettled(error: Error): never {
  if (!(error instanceof StartError)) throw error;
  throw new StartError(`${error.message} It is published, and no flag was settled: npm run backfill -- --on=aws`);
}
