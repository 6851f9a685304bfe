import { type EntityRef, entityKey } from "../model/entity.ts";
import type { Outline } from "./outline.ts";
import type { ContentFault } from "./read-content.ts";
import type { RuleSpec } from "./rule-spec.ts";
import { Unfolding, type Wait } from "./unfolding.ts";

type Step = { ref: EntityRef; wait: Wait };

/** Finds what can never be completed; what requires nothing, and nobody waits for, is odd, but no fault. */
export function checkCompletability(
  outlines: readonly Outline[],
  rules: readonly RuleSpec[],
): { faults: ContentFault[]; warnings: ContentFault[] } {
  const world = new Unfolding(outlines, rules);
  const stuck = world.stuck();
  const waiting = new Map(stuck.flatMap((ref) => waitingFor(ref, world.waitOf(ref))));
  const empty = world.holders
    .filter(({ requirement }) => requirement.need === 0)
    .map(({ ref, outline }) => ({ outline, waiting: waiting.get(entityKey(ref)) }));
  return {
    faults: [
      ...circlesAmong(stuck, world),
      ...empty.filter((one) => one.waiting !== undefined).map((one) => nothingRequired(one.outline, one.waiting)),
    ],
    warnings: empty.filter((one) => one.waiting === undefined).map(({ outline }) => nothingRequired(outline)),
  };
}

const waitingFor = (ref: EntityRef, wait: Wait | undefined): [string, EntityRef][] =>
  wait === undefined ? [] : [[entityKey(wait.for), ref]];

/** Each circle of things that wait for each other, once: from anywhere, the first wait leads on, until a way was gone before. */
function circlesAmong(stuck: readonly EntityRef[], world: Unfolding): ContentFault[] {
  const faults: ContentFault[] = [];
  const visited = new Set<string>();
  for (const start of stuck) {
    const path: Step[] = [];
    const onPath = new Map<string, number>();
    for (let ref: EntityRef | undefined = start; ref; ) {
      const key = entityKey(ref);
      const from = onPath.get(key);
      if (from !== undefined) faults.push(circleFault(path.slice(from)));
      if (visited.has(key)) break;
      visited.add(key);
      onPath.set(key, path.length);
      const wait: Wait | undefined = world.waitOf(ref);
      if (wait) path.push({ ref, wait });
      ref = wait?.for;
    }
  }
  return faults;
}

const nothingRequired = ({ file, kind, slug, list }: Outline, waiting?: EntityRef): ContentFault => ({
  file,
  path: list,
  message:
    `Nothing is required of the ${kind} ${slug}, so nobody ever completes it` +
    (waiting ? `, and the ${waiting.type} ${waiting.slug} waits for it` : ""),
});

/** Told from its first member in order of keys, in the file whose order, else whose prerequisites, makes it. */
function circleFault(circle: readonly Step[]): ContentFault {
  const keys = circle.map(({ ref }) => entityKey(ref));
  const start = keys.indexOf([...keys].sort()[0] as string);
  const inOrder = [...circle.slice(start), ...circle.slice(0, start), ...circle.slice(start, start + 1)];
  const waits = inOrder.map(({ wait }) => wait);
  const { outline, isOrder } = (waits.find((wait) => wait.isOrder) ?? waits[0]) as Wait;
  const isOfModules = inOrder.every(({ ref }) => ref.type === "module");
  const names = inOrder.map(({ ref }) => (isOfModules ? ref.slug : `${ref.type} ${ref.slug}`));
  return {
    file: outline.file,
    path: isOrder ? outline.list : "prerequisites",
    message: `${titleOf(isOfModules, isOrder)}: ${names.join(" -> ")}`,
  };
}

function titleOf(isOfModules: boolean, isOrder: boolean): string {
  if (!isOfModules) return "These can never be completed, since they wait for each other";
  return isOrder ? "The order contradicts prerequisites" : "These modules wait for each other";
}
