import type { SegmentAnswer, SegmentCall } from "./calls.ts";
import { names, type RemoteRun, type SegmentRecord } from "./remote-run.ts";

/** Somebody who has a segment may give it back before the time is up. */
const LOOK_AGAIN_S = 60;

type Asked = { call: SegmentCall; worker: string; until: number; now: number; emptyTally: () => object };
/** `intents`: what the workers before announced, and did not commit. */
export type Claimed = { record: SegmentRecord; etag: string; intents: readonly unknown[] };

/**
 * Makes a segment a worker's own until a time, by which the worker has given it back or been ended: of two invocations
 * with one checkpoint, only one works.
 * @returns the answer where there is nothing to work on, or not yet
 */
export async function claimSegment(run: RemoteRun, asked: Asked): Promise<Claimed | SegmentAnswer> {
  const { call, now } = asked;
  const found = await run.segment(call.segment);
  const record = found?.record ?? newRecord(call.segment, asked.emptyTally());
  const answer = (state: SegmentAnswer["state"], wait_seconds = 0): SegmentAnswer => ({
    ...call,
    generation: record.generation,
    state,
    wait_seconds,
  });
  if (record.done) return answer("done");
  if (await run.isStopped()) return answer("stopped");
  if (record.claim !== null && record.claim.until > now)
    return answer("busy", Math.min(LOOK_AGAIN_S, Math.ceil((record.claim.until - now) / 1_000)));
  // This was answered before, and the answer did not arrive: it is given again.
  if (record.generation > call.generation) return answer("working");

  // Nobody announces anything more: whoever did has given the segment back, or has been ended; and who takes it meanwhile
  // makes this claim fail.
  const intents = await run.entries(names.intents(call.segment, record.epoch));
  const claimed = { ...record, claim: { worker: asked.worker, until: asked.until } };
  const etag = await run.saveSegment(claimed, found?.etag ?? null);
  return etag === "lost" ? answer("busy", 1) : { record: claimed, etag, intents };
}

const newRecord = (segment: number, tally: object): SegmentRecord => ({
  segment,
  generation: 0,
  position: null,
  done: false,
  tally,
  consumed: { rcu: 0, wcu: 0 },
  parts: { changes: 0, failures: 0 },
  epoch: 0,
  claim: null,
});
