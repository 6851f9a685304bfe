import * as z from "zod";

// What the state machine hands from one function to the next. What may name learners, such as where a scan stands, is in
// the bucket, because whoever may look at an execution can read all of this.

const Units = z.number().positive().nullable();
const Named = { job: z.string(), run: z.string(), execution: z.string() };
const Share = z.object({ max_rcu: Units, max_wcu: Units });

/** What a command starts an execution with. */
export const JobRequest = z.object({
  job: z.string(),
  run: z.string(),
  /** Of a new run; one that goes on has them in its plan. */
  options: z.record(z.string(), z.unknown()).optional(),
  start_time: z.string().optional(),
  /** Of a new run that is not to go by the deployment's catalog: the version of the one in its folder. */
  catalog_version: z.string().optional(),
  /** Segments that are worked at once. */
  at_once: z.int().positive(),
  /** Capacity units a second, over all of them. */
  max_rcu: Units,
  max_wcu: Units,
  force: z.boolean(),
});
export type JobRequest = z.infer<typeof JobRequest>;

export const PlanCall = z.object({ execution: z.string(), request: JobRequest });
export type PlanCall = z.infer<typeof PlanCall>;

export const Planned = z.object({
  ...Named,
  segments: z.array(z.int()),
  at_once: z.int(),
  share: Share,
});
export type Planned = z.infer<typeof Planned>;

export const SegmentCall = z.object({ ...Named, segment: z.int(), share: Share, generation: z.int() });
export type SegmentCall = z.infer<typeof SegmentCall>;

/**
 * The next call, and whether it is due: `working`, at once; `busy`, after a while, because somebody who may be alive has
 * the segment; `done` and `stopped`, not at all.
 */
export type SegmentAnswer = SegmentCall & { state: "working" | "busy" | "done" | "stopped"; wait_seconds: number };

export const FinishCall = z.object(Named);
export type FinishCall = z.infer<typeof FinishCall>;

/** `unfinished` are some of the segments that are not done, of so many. */
export type Finished =
  | { state: "done" }
  | { state: "stopped" | "unfinished"; unfinished: number[]; count: number; message: string };
