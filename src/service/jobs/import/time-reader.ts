import { doubtOf } from "../../../model/parse-event.ts";
import type { Timestamp } from "../../../model/time.ts";
import { shortened } from "./entity-reader.ts";
import type { Mapping, Moment } from "./mapping.ts";
import { momentReader } from "./moment.ts";
import type { Refusal } from "./refusal.ts";
import type { Layout } from "./rows.ts";
import { type Scope, sourceReader } from "./source.ts";

/** What all that is read of a file knows of it. */
export type Context = { layout: Layout; defaults: Mapping["defaults"]; receivedAt: Timestamp };

/** Undefined where the row has no time. */
export type ReadTime = (scope: Scope) => Timestamp | undefined | Refusal;

/** @throws ImportFault where nobody can read such times, or the file has none */
export function timeReader(moment: Moment | undefined, { layout, defaults, receivedAt }: Context): ReadTime {
  if (moment === undefined) return () => undefined;
  const [textOf, read] = [sourceReader(moment, layout), momentReader(moment, defaults)];
  return (scope) => {
    const text = textOf(scope);
    if (text === undefined) return undefined;
    const time = read(text);
    if (time === undefined)
      return { code: "BAD_DATE", reason: `${JSON.stringify(shortened(text))} is no time in the mapping's format.` };
    // The service would put the time of receipt in its place, which no import means.
    const doubt = doubtOf(time, receivedAt);
    return doubt === undefined ? time : { code: doubt.code, reason: DOUBTS[doubt.code](time) };
  };
}

const DOUBTS = {
  TIMESTAMP_TOO_OLD: (time: Timestamp) => `The time ${time} is before the year 2000.`,
  TIMESTAMP_IN_FUTURE: (time: Timestamp) => `The time ${time} is in the future.`,
};
