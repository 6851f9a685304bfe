import type { Context, MiddlewareHandler } from "hono";
import { AppError } from "../model/errors.ts";
import type { Caller } from "./caller.ts";
import type { CallerGate } from "./caller-gate.ts";
import { usageOf } from "./request-log.ts";

const ADMITTED = "waymark-admitted";

/** Counts, when a request is answered, what it cost its caller. */
export const chargeCallers =
  (gate: CallerGate): MiddlewareHandler =>
  async (context, next) => {
    await next();
    const caller: Caller | undefined = context.get(ADMITTED);
    if (caller === undefined) return;
    const { calls, rcu, wcu } = usageOf(context);
    // The embedded store has no units: there a call counts as one.
    gate.charge(caller, Math.max(calls, rcu + wcu));
  };

/** @throws AppError TOO_MANY_REQUESTS, with the header Retry-After, for a caller who must wait */
export function admitCaller(gate: CallerGate, context: Context, caller: Caller): void {
  const seconds = gate.admit(caller);
  if (seconds === 0) {
    context.set(ADMITTED, caller);
    return;
  }
  context.header("Retry-After", String(seconds));
  throw new AppError(
    "TOO_MANY_REQUESTS",
    `This caller has asked more of the service than its limit allows. Send again in ${seconds} s: nothing of this request was taken.`,
  );
}
