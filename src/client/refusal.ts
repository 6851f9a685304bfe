import type { Reason, WaymarkError } from "./types.ts";

/** The error that says what the service says. */
export const refusal = (problem: Reason): WaymarkError =>
  Object.assign(new Error(problem.detail ?? problem.title ?? problem.code), {
    name: "WaymarkError",
    code: problem.code,
    missing: problem.missing ?? [],
    problem,
  });
