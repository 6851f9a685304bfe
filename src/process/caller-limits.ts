import * as z from "zod";

/** What callers of one kind may each ask of the store: units a second, and units at once after a rest. */
export type CallerLimit = { rate: number; burst: number };

/** Of a learner's token, and of one with a scope. A kind that is left out has no limit. */
export type CallerLimits = { learner?: CallerLimit; server?: CallerLimit };

/**
 * What a Lambda holds callers to where nobody has said otherwise. A learner's page needs some five units an event; one that
 * sends a hundred completions after a day without a connection needs some 450. A server's batches may take a fifth of what
 * one process can write.
 */
export const DEFAULT_CALLER_LIMITS: CallerLimits = {
  learner: { rate: 20, burst: 1_000 },
  server: { rate: 200, burst: 2_000 },
};

const PAIR = /^(learner|server)=([1-9]\d{0,6})\/([1-9]\d{0,6})$/;

/** `learner=20/1000,server=200/2000`, or `off`. */
export const CallerLimitsText = z.string().transform((text, context): CallerLimits => {
  const limits: CallerLimits = {};
  for (const part of text === "off" ? [] : text.split(",")) {
    const [, kind, rate, burst] = PAIR.exec(part.trim()) ?? [];
    if (kind === undefined) {
      context.issues.push({
        code: "custom",
        input: text,
        message: `Expected off, or limits such as learner=20/1000,server=200/2000 (units a second / at once), not ${part}`,
      });
      return z.NEVER;
    }
    limits[kind as keyof CallerLimits] = { rate: Number(rate), burst: Number(burst) };
  }
  return limits;
});
