import * as z from "zod";
import { defineRule } from "./define-rule.ts";

// 55.1 percent of 1000 is 551.0000000000001 in binary: what is a hair above a whole number is that number.
const HAIR = 1e-9;

/** `percent` of the parts that are there, rounded up, optional or not. */
export const atLeastPercent = defineRule(
  "at-least-percent",
  { percent: z.number().min(1).max(100) },
  {
    // Of nothing, no part is needed: rounding alone would make that -0.
    requirement: ({ percent }, parts) => ({
      need: Math.max(0, Math.ceil((percent * parts.length) / 100 - HAIR)),
      of: parts,
    }),
  },
);
