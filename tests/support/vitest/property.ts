import fc from "fast-check";
import { countCases } from "./cases.ts";
import { isLong, type Runs } from "./runs.ts";

/** How long a failure is made smaller. It decides over the example that is shown, and over nothing else. */
const SHRINK_MS = 30_000;

/**
 * Where the cases of a run begin, so that a run that fails is the change's doing, and not the draw's. A run at length
 * draws others each time.
 */
const SEED = 20_260_118;

/**
 * Tries a property, however long that takes, and counts its cases for the report.
 * @throws Error with the smallest example found, or when fewer cases than the floor were tried
 */
export async function holds<T>(
  property: fc.IRawProperty<T>,
  runs: Runs,
  options: fc.Parameters<T> = {},
): Promise<void> {
  const numRuns = isLong ? runs.long : runs.floor;
  const drawn = isLong ? {} : { seed: SEED };
  const details = await fc.check(shrinkingInTime(property), { ...drawn, ...options, numRuns });
  countCases(details.numRuns);
  if (details.failed) {
    const message = await fc.asyncDefaultReportMessage(details);
    throw new Error(message, { cause: details.errorInstance });
  }
  if (details.numRuns < runs.floor)
    throw new Error(`The property tried ${details.numRuns} cases, and needs ${runs.floor}`);
}

/** The same property; once it has failed, and `SHRINK_MS` later, it is asked no more. */
function shrinkingInTime<T>(property: fc.IRawProperty<T>): fc.IAsyncProperty<T> {
  let end = Number.POSITIVE_INFINITY;
  return {
    isAsync: () => true,
    generate: (random, runId) => property.generate(random, runId),
    shrink: (value) => property.shrink(value),
    runBeforeEach: async () => property.runBeforeEach(),
    runAfterEach: async () => property.runAfterEach(),
    async run(value: T) {
      if (Date.now() > end) return null;
      const failure = await property.run(value);
      if (failure !== null && end === Number.POSITIVE_INFINITY) end = Date.now() + SHRINK_MS;
      return failure;
    },
  } as fc.IAsyncProperty<T>;
}
