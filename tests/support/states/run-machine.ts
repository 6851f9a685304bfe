import pLimit from "p-limit";
import type { Machine, MapState, State, TaskState } from "../../../infra/job-machine.ts";
import { DefinitionFault, filled, placed, valueAt } from "./paths.ts";

// Runs a definition in Amazon States Language as Step Functions would, as far as our own goes. What is not known here is
// refused and not passed over, so that a definition that runs does nothing that was not tried.

const FIELDS: Record<State["Type"], readonly string[]> = {
  Task: ["Resource", "Parameters", "ResultPath", "TimeoutSeconds", "Retry", "Catch", "Next", "End"],
  Choice: ["Choices", "Default"],
  Wait: ["SecondsPath", "Next", "End"],
  Pass: ["Result", "Next", "End"],
  Fail: ["Error", "ErrorPath", "CausePath"],
  Succeed: [],
  Map: [
    ...["ItemsPath", "ItemSelector", "MaxConcurrencyPath", "ToleratedFailurePercentage", "ResultPath"],
    ...["ItemProcessor", "Catch", "Next"],
  ],
};
/** What one state may hand to the next. */
const MAX_BYTES = 256 * 1024;

export type Ended = { status: "SUCCEEDED"; output: unknown } | { status: "FAILED"; error: string; cause: string };

export type Surroundings = {
  /** Invokes the function with this ARN. What it throws has the error's name, and Lambda's own text of it. */
  invoke(resource: string, input: unknown): Promise<unknown>;
  /** Lets so much time go by. */
  wait(seconds: number): Promise<void>;
  /** Of the execution. */
  name: string;
};

class StateFailed extends Error {
  readonly error: string;
  readonly told: string;
  constructor(error: string, told: string) {
    super(`${error}: ${told}`);
    this.error = error;
    this.told = told;
  }
}

/** Runs an execution to its end. @throws DefinitionFault */
export async function runMachine(machine: Machine, input: unknown, around: Surroundings): Promise<Ended> {
  try {
    const context = { Execution: { Name: around.name } };
    return { status: "SUCCEEDED", output: await walk(machine, json(input), context, around) };
  } catch (error) {
    if (!(error instanceof StateFailed)) throw error;
    return { status: "FAILED", error: error.error, cause: error.told };
  }
}

/** As it would arrive on the other side. */
function json(value: unknown): unknown {
  const text = JSON.stringify(value) ?? "null";
  if (Buffer.byteLength(text) > MAX_BYTES) throw new StateFailed("States.DataLimitExceeded", `${text.length} bytes`);
  return JSON.parse(text);
}

async function walk(machine: Machine, first: unknown, context: object, around: Surroundings): Promise<unknown> {
  let [name, input]: [string, unknown] = [machine.StartAt, first];
  for (;;) {
    const state = machine.States[name];
    if (state === undefined) throw new DefinitionFault(`There is no state ${name}`);
    check(name, state);
    const { output, next } = await step(state, input, context, around);
    input = json(output);
    if (next === undefined) return input;
    name = next;
  }
}

function check(name: string, { Type, ...fields }: State): void {
  const known = FIELDS[Type];
  const other = Object.keys(fields).find((field) => !known?.includes(field));
  if (known === undefined || other !== undefined)
    throw new DefinitionFault(`${name}: ${Type} with ${other} is not known`);
}

type Step = { output: unknown; next: string | undefined };

async function step(state: State, input: unknown, context: object, around: Surroundings): Promise<Step> {
  if (state.Type === "Succeed") return { output: input, next: undefined };
  if (state.Type === "Fail") throw failure(state, input, context);
  if (state.Type === "Choice") {
    const rule = state.Choices.find(({ Variable, StringEquals }) => valueAt(Variable, input, context) === StringEquals);
    return { output: input, next: rule?.Next ?? state.Default };
  }
  const next = "Next" in state ? state.Next : undefined;
  if (next === undefined && !("End" in state)) throw new DefinitionFault(`A ${state.Type} has neither Next nor End`);
  if (state.Type === "Pass") return { output: state.Result, next };
  if (state.Type === "Wait") {
    await around.wait(Number(valueAt(state.SecondsPath, input, context)));
    return { output: input, next };
  }
  try {
    const result = await (state.Type === "Task"
      ? invoked(state, input, context, around)
      : mapped(state, input, context, around));
    return { output: placed(state.ResultPath, input, result), next };
  } catch (error) {
    const caught =
      error instanceof StateFailed && state.Catch.find(({ ErrorEquals }) => matches(ErrorEquals, error.error));
    if (!caught) throw error;
    return { output: placed(caught.ResultPath, input, { Error: error.error, Cause: error.told }), next: caught.Next };
  }
}

function failure(
  { Error: error, ErrorPath, CausePath }: Extract<State, { Type: "Fail" }>,
  input: unknown,
  context: object,
) {
  const name = ErrorPath === undefined ? error : valueAt(ErrorPath, input, context);
  return new StateFailed(String(name), String(valueAt(CausePath, input, context)));
}

const matches = (names: readonly string[], error: string): boolean =>
  names.includes(error) || (names.includes("States.ALL") && error !== "States.DataLimitExceeded");

async function invoked(state: TaskState, input: unknown, context: object, around: Surroundings): Promise<unknown> {
  const given = json(state.Parameters === undefined ? input : filled(state.Parameters, input, context));
  const tries = state.Retry.map(() => 0);
  for (;;)
    try {
      return json(await around.invoke(state.Resource, given));
    } catch (error) {
      const failed = error instanceof StateFailed ? error : failedBy(error as Error);
      const index = state.Retry.findIndex(({ ErrorEquals }) => matches(ErrorEquals, failed.error));
      const retry = state.Retry[index];
      const tried = tries[index] ?? 0;
      if (retry === undefined || tried >= retry.MaxAttempts) throw failed;
      tries[index] = tried + 1;
      const seconds = (retry.IntervalSeconds ?? 1) * (retry.BackoffRate ?? 2) ** tried;
      await around.wait(Math.min(seconds, retry.MaxDelaySeconds ?? Number.POSITIVE_INFINITY));
    }
}

/** As Lambda tells of what a handler threw. */
const failedBy = ({ name, message }: Error) =>
  new StateFailed(name, JSON.stringify({ errorType: name, errorMessage: message }));

async function mapped(state: MapState, input: unknown, context: object, around: Surroundings): Promise<unknown> {
  const items = valueAt(state.ItemsPath, input, context) as unknown[];
  if (!Array.isArray(items) || items.length > 1_000) throw new DefinitionFault("A Map of at most 1,000 items is known");
  const limit = pLimit(Number(valueAt(state.MaxConcurrencyPath, input, context)));
  const { ProcessorConfig: _, ...machine } = state.ItemProcessor;
  const results = await Promise.allSettled(
    items.map((Value, Index) =>
      limit(async () => {
        const within = { ...context, Map: { Item: { Index, Value } } };
        return walk(machine, json(filled(state.ItemSelector, input, within)), within, around);
      }),
    ),
  );
  const failed = results.filter((result) => result.status === "rejected");
  const fault = failed.find(({ reason }) => !(reason instanceof StateFailed));
  if (fault) throw fault.reason;
  if (failed.length * 100 > state.ToleratedFailurePercentage * items.length)
    throw new StateFailed("States.ExceedToleratedFailureThreshold", `${failed.length} of ${items.length} failed`);
  return json(results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
}
