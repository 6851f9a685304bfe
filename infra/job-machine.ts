/** What a state machine of ours has; Amazon States Language, as far as we use it. */
export type Machine = { Comment?: string; StartAt: string; States: Record<string, State>; TimeoutSeconds?: number };
type Next = { Next: string } | { End: true };
type Retry = {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: "FULL";
  MaxAttempts: number;
};
type Catch = { ErrorEquals: string[]; ResultPath?: string | null; Next: string };
type Rule = { Variable: string; StringEquals: string; Next: string };
/** A key that ends in `.$` has a path for its value. */
type Template = Record<string, unknown>;

export type TaskState = Next & {
  Type: "Task";
  Resource: string;
  Parameters?: Template;
  ResultPath?: string | null;
  TimeoutSeconds: number;
  Retry: Retry[];
  Catch: Catch[];
};
export type ChoiceState = { Type: "Choice"; Choices: Rule[]; Default: string };
export type WaitState = Next & { Type: "Wait"; SecondsPath: string };
export type PassState = Next & { Type: "Pass"; Result: object };
export type FailState = { Type: "Fail"; Error?: string; ErrorPath?: string; CausePath: string };
export type SucceedState = { Type: "Succeed" };
export type MapState = Next & {
  Type: "Map";
  ItemsPath: string;
  ItemSelector: Template;
  MaxConcurrencyPath: string;
  ToleratedFailurePercentage: number;
  ResultPath: null;
  ItemProcessor: Machine & { ProcessorConfig: { Mode: "DISTRIBUTED"; ExecutionType: "STANDARD" } };
  Catch: Catch[];
};
export type State = TaskState | ChoiceState | WaitState | PassState | FailState | SucceedState | MapState;

/** The functions that the machine calls, by their ARNs. */
export type JobFunctions = { plan: string; segment: string; finish: string };

/** Lambda ends an invocation after fifteen minutes; an answer may take a little longer. */
const TASK_SECONDS = 16 * 60;
const DAYS = 24 * 60 * 60;

/** What is refused would be refused again; anything else may be an outage, or a function that was ended. */
const RETRY: Retry[] = [
  { ErrorEquals: ["JobRefused", "RunRefused"], MaxAttempts: 0 },
  {
    ErrorEquals: ["States.ALL"],
    IntervalSeconds: 5,
    BackoffRate: 2,
    MaxDelaySeconds: 120,
    JitterStrategy: "FULL",
    MaxAttempts: 8,
  },
];
const ALL = ["States.ALL"];
const failWith = (path: string): FailState => ({
  Type: "Fail",
  ErrorPath: `${path}.Error`,
  CausePath: `${path}.Cause`,
});

/** Calls a function, again where that may help; `failed` is where what fails for good goes. */
const call = (
  Resource: string,
  { failed, ...more }: { failed: string; Parameters?: Template; Next: string },
): TaskState => ({
  Type: "Task",
  Resource,
  TimeoutSeconds: TASK_SECONDS,
  Retry: RETRY,
  Catch: [{ ErrorEquals: ALL, ResultPath: "$.failed", Next: failed }],
  ...more,
});

/** A segment is worked by one invocation after another until it is done; one that fails for good fails alone. */
const segmentMachine = ({ segment }: JobFunctions): MapState["ItemProcessor"] => ({
  ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
  StartAt: "Work",
  States: {
    Work: call(segment, { failed: "Segment failed", Next: "What next?" }),
    "What next?": {
      Type: "Choice",
      Choices: [
        { Variable: "$.state", StringEquals: "working", Next: "Work" },
        { Variable: "$.state", StringEquals: "busy", Next: "Wait" },
      ],
      Default: "Over",
    },
    Wait: { Type: "Wait", SecondsPath: "$.wait_seconds", Next: "Work" },
    // The results of all segments together must be small.
    Over: { Type: "Pass", Result: {}, End: true },
    "Segment failed": failWith("$.failed"),
  },
});

/** A job over the segments of a table: planned, worked side by side, and put together. */
export const jobMachine = (functions: JobFunctions): Machine => ({
  Comment: "A job of Waymark: docs/operations.md says how to start, follow, stop and resume one",
  StartAt: "Plan",
  TimeoutSeconds: 14 * DAYS,
  States: {
    Plan: call(functions.plan, {
      Parameters: { "execution.$": "$$.Execution.Name", "request.$": "$" },
      failed: "Failed",
      Next: "Segments",
    }),
    Segments: {
      Type: "Map",
      ItemsPath: "$.segments",
      ItemSelector: {
        "job.$": "$.job",
        "run.$": "$.run",
        "execution.$": "$.execution",
        "share.$": "$.share",
        "segment.$": "$$.Map.Item.Value",
        generation: 0,
      },
      MaxConcurrencyPath: "$.at_once",
      // The end says which segments are not done; the others need not wait for whoever mends that.
      ToleratedFailurePercentage: 100,
      ItemProcessor: segmentMachine(functions),
      ResultPath: null,
      Catch: [{ ErrorEquals: ALL, ResultPath: null, Next: "Finish" }],
      Next: "Finish",
    },
    Finish: call(functions.finish, {
      Parameters: { "job.$": "$.job", "run.$": "$.run", "execution.$": "$.execution" },
      failed: "Failed",
      Next: "How did it end?",
    }),
    "How did it end?": {
      Type: "Choice",
      Choices: [
        { Variable: "$.state", StringEquals: "done", Next: "Done" },
        { Variable: "$.state", StringEquals: "stopped", Next: "Stopped" },
      ],
      Default: "Unfinished",
    },
    Done: { Type: "Succeed" },
    Stopped: { Type: "Fail", Error: "Stopped", CausePath: "$.message" },
    Unfinished: { Type: "Fail", Error: "Unfinished", CausePath: "$.message" },
    Failed: failWith("$.failed"),
  },
});
