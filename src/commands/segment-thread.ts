import { Worker } from "node:worker_threads";
import pLimit from "p-limit";
import { AnalyticsFault } from "../analytics/analytics-fault.ts";
import {
  addTally,
  type ExportCheckpoint,
  type ExportTally,
  emptyTally,
  type SegmentState,
} from "../analytics/export/checkpoint.ts";
import type { ExportSession } from "../analytics/export/export-session.ts";
import type { BeginSegment } from "../analytics/export/run-export.ts";

const PROGRAM = new URL("./work-segment.ts", import.meta.url);

/** What a thread is told: the run as it stands, and which of its segments to work off. */
export type SegmentTask = {
  /** The run's folder, and that of the run before of an incremental one. */
  path: string;
  previous: string | undefined;
  checkpoint: ExportCheckpoint;
  segment: number;
  /** Its one element is 1 once the run is to stop: a thread that is at work comes to no message. */
  stop: Int32Array;
};

/** What a thread tells: what it has written since it told last, or what ended it. */
export type SegmentReport =
  | { tally: ExportTally; state: SegmentState }
  | { message: string; code: string | undefined; isFault: boolean };

/**
 * Works segments off in threads of their own, so many at a time, because most of an export is a processor's work. A thread
 * has its own way into the store and writes its segment's own files; the checkpoint is written here alone.
 */
export function inThreads(signal: AbortSignal, atOnce: number): BeginSegment {
  const limit = pLimit(atOnce);
  return (session, segment) => ({ work: () => limit(() => workInThread(session, segment, signal)) });
}

async function workInThread(session: ExportSession, segment: number, signal: AbortSignal): Promise<void> {
  const { checkpoint, folder, previous } = session.run;
  if (signal.aborted || checkpoint.segments[segment]?.done) return;
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const stopIt = () => Atomics.store(stop, 0, 1);
  const own = { ...checkpoint, tally: emptyTally() };
  const task: SegmentTask = { path: folder.path, previous, checkpoint: own, segment, stop };
  signal.addEventListener("abort", stopIt);
  try {
    await untilDone(new Worker(PROGRAM, { workerData: task }), ({ tally, state }) => {
      addTally(checkpoint.tally, tally);
      checkpoint.segments[segment] = state;
      session.save();
      session.report();
    });
  } finally {
    signal.removeEventListener("abort", stopIt);
  }
}

type Progress = Extract<SegmentReport, { tally: ExportTally }>;

function untilDone(thread: Worker, onProgress: (report: Progress) => void): Promise<void> {
  return new Promise((done, failed) => {
    const take = (report: SegmentReport) => ("tally" in report ? onProgress(report) : failed(errorIn(report)));
    thread.on("message", (report: SegmentReport) => {
      try {
        take(report);
      } catch (error) {
        // The checkpoint could not be written. Whatever else the thread tells could not be kept either.
        failed(error);
        void thread.terminate();
      }
    });
    thread.on("error", failed);
    thread.on("exit", (code) => (code === 0 ? done() : failed(new Error(`A thread of the export ended with ${code}`))));
  });
}

const errorIn = ({ message, code, isFault }: Exclude<SegmentReport, Progress>): Error =>
  isFault ? new AnalyticsFault(message) : Object.assign(new Error(message), { code });
