/** What is asked for: a leaf, or so many of some parts. */
export type Tree<Leaf> = { leaf: Leaf } | { need: number; parts: Tree<Leaf>[] };

export type RuleJson = {
  rule: string;
  count?: number;
  percent?: number;
  of?: (NameJson | RuleJson)[];
};
export type NameJson = string | { module?: string; course?: string; task?: string };

/** A rule over parts that have names. */
export type Named<Leaf> = { name: NameJson; tree: Tree<Leaf> };

const needOf = ({ rule, count = 0, percent = 0 }: RuleJson, parts: number): number => {
  if (rule === "all") return parts;
  if (rule === "any") return Math.min(parts, 1);
  // In whole numbers, because 0.07 * 100 is a little more than 7 in binary.
  return rule === "at-least" ? count : Math.floor((percent * parts + 99) / 100);
};

const isRule = (part: NameJson | RuleJson): part is RuleJson => typeof part === "object" && "rule" in part;

/**
 * @param all what a rule that names nothing speaks of
 * @param find the part that a name means, where it is in force
 */
export function treeOf<Leaf>(
  rule: RuleJson,
  all: Tree<Leaf>[],
  find: (name: NameJson) => Tree<Leaf> | undefined,
): Tree<Leaf> & { parts: Tree<Leaf>[] } {
  const parts =
    rule.of === undefined
      ? all
      : rule.of.flatMap((part) => {
          if (!isRule(part)) return find(part) ?? [];
          const group = treeOf(part, all, find);
          // A group of which nothing is in force asks for nothing.
          return group.parts.length === 0 ? [] : [group];
        });
  return { need: needOf(rule, parts.length), parts };
}

export const leavesOf = <Leaf>(tree: Tree<Leaf>): Leaf[] =>
  "leaf" in tree ? [tree.leaf] : tree.parts.flatMap(leavesOf);

/** How many leaves more would meet it: of its parts, those that are nearest. */
export function shortBy<Leaf>(tree: Tree<Leaf>, isDone: (leaf: Leaf) => boolean): number {
  if ("leaf" in tree) return isDone(tree.leaf) ? 0 : 1;
  const distances = tree.parts.map((part) => shortBy(part, isDone)).sort((a, b) => a - b);
  const absent = Math.max(0, tree.need - distances.length);
  return distances.slice(0, tree.need).reduce((sum, distance) => sum + distance, absent);
}

export const isMet = <Leaf>(tree: Tree<Leaf>, isDone: (leaf: Leaf) => boolean): boolean =>
  leavesOf(tree).length > 0 && shortBy(tree, isDone) === 0;

/** The leaves that are not done, of the groups that are not met. */
export function missingOf<Leaf>(tree: Tree<Leaf>, isDone: (leaf: Leaf) => boolean): Leaf[] {
  if ("leaf" in tree) return isDone(tree.leaf) ? [] : [tree.leaf];
  return shortBy(tree, isDone) === 0 ? [] : tree.parts.flatMap((part) => missingOf(part, isDone));
}

/** Whatever a rule and its groups name; undefined where it names nothing. */
export const namesIn = ({ of }: RuleJson): NameJson[] | undefined =>
  of?.flatMap((part) => (isRule(part) ? (namesIn(part) ?? []) : [part]));
