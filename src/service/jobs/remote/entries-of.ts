import type { Bucket } from "../../../aws/bucket.ts";
import type { LearnerChanges } from "../change.ts";
import { entryIn } from "../read-entries.ts";
import type { EntryPosition, PlacedEntry } from "../rollback-segment.ts";
import { AnnouncedChanges } from "../run-changes.ts";
import { linesOf } from "./lines-of.ts";
import { names, RemoteRun } from "./remote-run.ts";

/** A run in the bucket that is to be undone: `bytes` are the length of its changes, whose file is there once it is finished. */
export type UndoneRun = { job: string; run: string } & (
  | { finished: true; file: string; bytes: number }
  | { finished: false }
);

type Part = { segment: number; segments: number };

/**
 * What a run did, in as many parts as there are segments: of a finished one, parts of its file; of another, what each of its
 * segments has written, and then what that was about to change.
 */
export async function* entriesOf(
  bucket: Bucket,
  undone: UndoneRun,
  part: Part,
  from: EntryPosition | null,
): AsyncGenerator<PlacedEntry> {
  const run = new RemoteRun(bucket, undone);
  if (!undone.finished) return yield* unfinished(run, part.segment, from ?? { part: 0, offset: 0 });
  const { bytes, file } = undone;
  const [begin, to] = [part.segment, part.segment + 1].map((index) => Math.floor((bytes * index) / part.segments)) as [
    number,
    number,
  ];
  yield* within(bucket, { key: run.folder + file, bytes, part: 0 }, { from: from?.offset ?? begin, to });
}

type Source = { key: string; bytes: number; part: number };

async function* within(
  bucket: Bucket,
  { part, ...source }: Source,
  range: { from: number; to: number },
): AsyncGenerator<PlacedEntry> {
  for await (const { text, at, next } of linesOf(bucket, source, range)) {
    const entry = entryIn<LearnerChanges>(text);
    if (entry !== undefined) yield { entry, at: { part, offset: at }, next: { part, offset: next }, bytes: next - at };
  }
}

/** All that is written is read, also where some of it is done: it tells what of the rest is written, too. */
async function* unfinished(run: RemoteRun, segment: number, from: EntryPosition): AsyncGenerator<PlacedEntry> {
  const found = await run.segment(segment);
  if (found === undefined) return;
  const { parts, epoch } = found.record;
  const isDone = ({ part, offset }: EntryPosition) => part < from.part || (part === from.part && offset < from.offset);
  const announced = new AnnouncedChanges((await run.entries(names.intents(segment, epoch))) as LearnerChanges[]);
  let part = 0;
  for await (const { key, bytes } of run.bucket.list(run.folder + names.parts("changes", segment))) {
    // What a crash has left uncounted was announced, and is undone by that.
    if (part === parts.changes) break;
    for await (const placed of within(run.bucket, { key, bytes, part: part++ }, { from: 0, to: bytes })) {
      announced.done(placed.entry.contact_id);
      if (!isDone(placed.at)) yield placed;
    }
  }
  let offset = 0;
  for (const entry of announced.left()) {
    const at = { part: parts.changes, offset };
    if (!isDone(at)) yield { entry, at, next: { part: parts.changes, offset: offset + 1 }, bytes: 0 };
    offset++;
  }
}
