import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../analytics/export/manifest.ts";
import { putObjectsInto } from "../aws/put-object.ts";
import type { Environment } from "../process/environment.ts";
import { StartError } from "./start-error.ts";

export type UploadPlace = { bucket: string; prefix: string };

/** The table that tells which runs there are. It is written last, so that no reader comes upon half a run. */
const TELLING = "dim_catalog";
/** Of a run's name, what is its day. */
const DAY_LENGTH = "2026-01-18".length;
/** S3 takes no more at once. */
const MAX_BYTES = 5_000_000_000;

/** @throws StartError for a text that is no place in S3 */
export function uploadPlace(text: string): UploadPlace {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.+?)\/*$/.exec(text) ?? [];
  if (bucket === undefined || prefix === undefined)
    throw new StartError(`--to=${text}: expected s3://bucket/prefix, as s3://my-bucket/runs`);
  return { bucket, prefix };
}

/**
 * Puts a run into S3 under its day: a folder for each table, as Athena's tables look for them. A second run of the same day
 * takes the first one's place.
 * @returns where it is
 * @throws what S3 answers
 */
export async function uploadRun(
  path: string,
  { run, tables }: Pick<Manifest, "run" | "tables">,
  { bucket, prefix }: UploadPlace,
  { endpoints, region, hasCredentials }: Environment,
): Promise<string> {
  const put = putObjectsInto(bucket, { endpoint: endpoints.s3, region, hasCredentials });
  const place = `${prefix}/${run.slice(0, DAY_LENGTH)}`;
  const names = Object.keys(tables).sort((a, b) => Number(a === TELLING) - Number(b === TELLING));
  for (const file of names.flatMap((name) => tables[name]?.files ?? [])) {
    if (file.bytes > MAX_BYTES)
      throw new StartError(`${file.path} has ${file.bytes} bytes, and S3 takes ${MAX_BYTES} at once.`);
    const body = createReadStream(join(path, file.path));
    await put({
      key: `${place}/${file.path}`,
      body,
      length: file.bytes,
      contentType: "application/vnd.apache.parquet",
    });
  }
  return `s3://${bucket}/${place}`;
}
