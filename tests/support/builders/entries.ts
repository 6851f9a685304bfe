import type { EntryState } from "../../../src/completion/completion.ts";
import type { Timestamp } from "../../../src/model/time.ts";

type Times = Readonly<Record<string, Timestamp | undefined>>;

/** When modules of a course were completed, if at all: the required ones, then the optional ones. */
export type EntryTimes = readonly [required: Times, optional?: Times];

export const entryStates = ([required, optional = {}]: EntryTimes): EntryState[] =>
  [required, optional].flatMap((times) =>
    Object.entries(times).map(([slug, completedAt]) => ({
      type: "module" as const,
      slug,
      optional: times === optional,
      completedAt,
    })),
  );
