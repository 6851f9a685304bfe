import type { Upload } from "../../../aws/bucket.ts";
import { ahead } from "../ahead.ts";
import { names, type Parts, type RemoteRun, type SegmentRecord } from "./remote-run.ts";

const PART_BYTES = 8 * 1024 * 1024;
/** S3 takes 10,000. */
const MAX_PARTS = 9_000;

/**
 * Puts what the segments have written into one file, in order of segment: a JSON array with a line per entry, as a folder's.
 * One object and one part of the file are in memory at a time.
 */
export async function assemble(
  run: RemoteRun,
  kind: keyof Parts,
  name: string,
  records: readonly SegmentRecord[],
): Promise<void> {
  const partBytes = Math.max(PART_BYTES, Math.ceil((await bytesOf(run, kind)) / MAX_PARTS));
  const key = run.folder + name;
  let held: Uint8Array[] = [];
  let upload: Upload | undefined;
  let isFirst = true;
  for await (const bytes of ahead(partsOf(run, kind, records))) {
    // Each entry follows a comma; the first one follows the bracket in its place.
    held.push(...(isFirst ? [Buffer.from("["), bytes.subarray(1)] : [bytes]));
    isFirst = false;
    if (lengthOf(held) < partBytes) continue;
    upload ??= await run.bucket.upload(key);
    await upload.part(Buffer.concat(held));
    held = [];
  }
  held.push(Buffer.from(isFirst ? "[]\n" : "\n]\n"));
  if (upload === undefined) return void (await run.bucket.write(key, Buffer.concat(held)));
  await upload.part(Buffer.concat(held));
  await upload.complete();
}

const lengthOf = (held: readonly Uint8Array[]): number => held.reduce((sum, { byteLength }) => sum + byteLength, 0);

async function bytesOf(run: RemoteRun, kind: keyof Parts): Promise<number> {
  let sum = 0;
  for await (const { bytes } of run.bucket.list(`${run.folder}${names.work}${kind}/`)) sum += bytes;
  return sum;
}

/** Those alone that a record counts: what a crash has left uncounted has been done again. */
async function* partsOf(
  run: RemoteRun,
  kind: keyof Parts,
  records: readonly SegmentRecord[],
): AsyncGenerator<Uint8Array> {
  for (const { segment, parts } of records)
    for (let number = 0; number < parts[kind]; number++)
      yield await run.bucket.bytes(run.folder + names.part(kind, segment, number));
}
