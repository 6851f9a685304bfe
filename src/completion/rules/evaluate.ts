import { isGroup, leavesOf, type Requirement } from "../../catalog/requirement.ts";
import type { Timestamp } from "../../model/time.ts";

/** When a part was done, if it was. */
export type DoneAt<Leaf> = (leaf: Leaf) => Timestamp | undefined;

/** How far a requirement is met: counted by leaves, whatever the groups. */
export type Measure<Leaf> = { completed: number; total: number; needed: number; shortBy: number; missing: Leaf[] };

/** The moment at which a requirement was first met: that of the last part that it needed. One that asks for nothing is never met. */
export function metAt<Leaf extends object>(
  { need, of }: Requirement<Leaf>,
  doneAt: DoneAt<Leaf>,
): Timestamp | undefined {
  if (need === 0 || of.length < need) return undefined;
  const times: Timestamp[] = [];
  for (const part of of) {
    const time = isGroup(part) ? metAt(part, doneAt) : doneAt(part);
    if (time !== undefined) times.push(time);
  }
  return times.length < need ? undefined : times.sort()[need - 1];
}

/** How many leaves more would meet a requirement: of its parts, those that are nearest. */
export function shortBy<Leaf extends object>({ need, of }: Requirement<Leaf>, isDone: (leaf: Leaf) => boolean): number {
  const distances = of.map((part) => (isGroup(part) ? shortBy(part, isDone) : Number(!isDone(part))));
  const nearest = distances.sort((a, b) => a - b).slice(0, need);
  // Where fewer parts are there than are needed, those that are not there are missing too.
  return nearest.reduce((sum, distance) => sum + distance, need - nearest.length);
}

/** The leaves that are not done, of the groups that are not met. */
function missingOf<Leaf extends object>(requirement: Requirement<Leaf>, isDone: (leaf: Leaf) => boolean): Leaf[] {
  if (shortBy(requirement, isDone) === 0) return [];
  return requirement.of.flatMap((part) => {
    if (isGroup(part)) return missingOf(part, isDone);
    return isDone(part) ? [] : [part];
  });
}

export function measure<Leaf extends object>(
  requirement: Requirement<Leaf>,
  isDone: (leaf: Leaf) => boolean,
): Measure<Leaf> {
  const { need, of } = requirement;
  if (of.some(isGroup)) return measureGroups(requirement, isDone);
  // Most have none, and a course may have thousands of leaves: each is looked at once.
  const undone = (of as readonly Leaf[]).filter((leaf) => !isDone(leaf));
  const completed = of.length - undone.length;
  const short = Math.max(0, need - completed);
  return { completed, total: of.length, needed: need, shortBy: short, missing: short === 0 ? [] : undone };
}

function measureGroups<Leaf extends object>(
  requirement: Requirement<Leaf>,
  isDone: (leaf: Leaf) => boolean,
): Measure<Leaf> {
  const leaves = leavesOf(requirement);
  return {
    completed: leaves.filter(isDone).length,
    total: leaves.length,
    needed: shortBy(requirement, () => false),
    shortBy: shortBy(requirement, isDone),
    missing: missingOf(requirement, isDone),
  };
}
