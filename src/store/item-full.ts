import { AppError } from "../model/errors.ts";

/** What every store answers where an item would become too large: to send the event again is of no use. */
export const itemFull = (cause?: unknown): AppError =>
  new AppError(
    "MODULE_FULL",
    "What is stored of this learner's module has reached its greatest size. Do not send the event again.",
    { cause },
  );
