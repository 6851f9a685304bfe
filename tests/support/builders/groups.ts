import fc from "fast-check";

/** A rule as content writes it, with the groups and names that it is of. */
export type Group = { rule: string; count?: number; percent?: number; of: (string | Group)[] };

type Shape = { pick: number; sizes: number[]; depth: number };

/** Each name once, in groups of groups, each with a rule that so many parts can meet. */
export const anyGroup = (names: readonly string[]): fc.Arbitrary<Group> =>
  fc
    .record({
      order: fc.shuffledSubarray([...names], { minLength: 1 }),
      picks: fc.array(fc.nat({ max: 99 }), { minLength: 12, maxLength: 12 }),
    })
    .map(({ order, picks }) => grouped(order, { pick: 0, sizes: picks, depth: 0 }));

function grouped(names: readonly string[], shape: Shape): Group {
  const next = () => shape.sizes[shape.pick++ % shape.sizes.length] as number;
  const of: (string | Group)[] = [];
  for (let rest = [...names]; rest.length > 0; ) {
    const isGroup = shape.depth < 2 && next() % 3 === 0;
    const size = isGroup ? 1 + (next() % rest.length) : 1;
    const [taken, left] = [rest.slice(0, size), rest.slice(size)];
    shape.depth++;
    of.push(isGroup ? grouped(taken, shape) : (taken[0] as string));
    shape.depth--;
    rest = left;
  }
  const rules: Omit<Group, "of">[] = [
    { rule: "all" },
    { rule: "any" },
    { rule: "at-least", count: 1 + (next() % of.length) },
    { rule: "at-least-percent", percent: 1 + (next() % 100) },
  ];
  return { ...(rules[next() % rules.length] as Omit<Group, "of">), of };
}
