import { markedAt } from "../marks.ts";
import type { Condition } from "./condition.ts";

/** That the module was marked complete, as one without conditions is: by any mark, or an accepted claim. */
export const mark: Condition = ({ slug }, facts, claimedAt) => [
  { missing: { type: "module", slug }, metAt: markedAt(facts, claimedAt) },
];
