import { expect } from "vitest";
import type { Planned, SegmentAnswer } from "../../../../src/service/jobs/remote/calls.ts";
import { execute, type Functions, type requestOf } from "../../../support/processes/remote-run.ts";

type Request = ReturnType<typeof requestOf>;

/** One function after the other, each called with what the one before has answered. */
async function oneByOne(request: Request, { call }: Functions): Promise<void> {
  const planned = (await call("plan", { execution: request.run, request })) as Planned;
  for (const segment of planned.segments) {
    let answer = { ...planned, segment, generation: 0, state: "working" } as unknown as SegmentAnswer;
    while (answer.state !== "done") answer = (await call("segment", answer)) as SegmentAnswer;
  }
  expect(await call("finish", planned)).toEqual({ state: "done" });
}

async function onTheMachine(request: Request, functions: Functions): Promise<void> {
  expect(await execute(request, functions)).toMatchObject({ status: "SUCCEEDED" });
}

/** How a run on AWS is worked, but for trouble. */
export const SETTINGS: [how: string, work: (request: Request, functions: Functions) => Promise<void>][] = [
  ["function by function", oneByOne],
  ["on the state machine", onTheMachine],
];
