/**
 * What a rule asks of entries or conditions: `need` of the parts in `of` must be done, each a leaf or a group with a need
 * of its own. Every rule can be put so: `all` needs as many as it has, `any` one, `at-least` its count.
 */
export type Requirement<Leaf> = { need: number; of: readonly (Leaf | Requirement<Leaf>)[] };

/** What a rule is told of a leaf that it may ask for. */
export type Part = { optional?: boolean | undefined };

export const isGroup = <Leaf extends object>(part: Leaf | Requirement<Leaf>): part is Requirement<Leaf> => "of" in part;

/** Every leaf of a requirement, each once, in its order. */
export function leavesOf<Leaf extends object>({ of }: Requirement<Leaf>, leaves: Leaf[] = []): Leaf[] {
  for (const part of of) {
    if (isGroup(part)) leavesOf(part, leaves);
    else leaves.push(part);
  }
  return leaves;
}
