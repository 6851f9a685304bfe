import fc from "fast-check";
import { type End, mortal } from "../../../support/fakes/mortal.ts";
import { type bucketForFile, type Functions, LIMIT_MS } from "../../../support/processes/remote-run.ts";
import type { StoreUnderTest } from "../../../support/processes/store-under-test.ts";

/** What becomes of an invocation: nothing; its end; its answer is lost; it is made twice, one beside the other. */
export type Fate = "fine" | "answer lost" | "twice" | End;
export const anyFate: fc.Arbitrary<Fate> = fc.oneof(
  fc.constantFrom<Fate>("fine", "answer lost", "twice"),
  fc.record({
    at: fc.integer({ min: 1, max: 40 }),
    how: fc.constantFrom<End["how"]>("dies before", "dies after", "fails", "is stopped"),
  }),
);

const named = (name: string) => Object.assign(new Error(name), { name });

type Around = Pick<StoreUnderTest, "store" | "scanner"> & Pick<ReturnType<ReturnType<typeof bucketForFile>>, "bucket">;

/** Invokes functions, each of which has the next of these fates; when they are over, all goes well. */
export function invokeBy(
  fates: readonly Fate[],
  functions: Functions,
  { store, scanner, bucket }: Around,
): Functions["call"] {
  const left = [...fates];
  return async (name, input) => {
    const fate = left.shift() ?? "fine";
    if (fate === "fine") return functions.call(name, input);
    if (fate === "answer lost") {
      await functions.call(name, input);
      throw named("Lambda.ServiceException");
    }
    if (fate === "twice") {
      const [first, second] = await Promise.allSettled([functions.call(name, input), functions.call(name, input)]);
      const answered = [second, first].find((one) => one.status === "fulfilled");
      if (answered === undefined) throw named("Lambda.ServiceException");
      return answered.value;
    }
    const process = mortal({ store, scanner: scanner(), bucket }, fate);
    const died = process.death.then(() => {
      // Lambda ends it in the end, and nobody hears of that before.
      functions.pass(LIMIT_MS / 1_000);
      throw named("States.Timeout");
    });
    return Promise.race([died, functions.call(name, input, process)]);
  };
}
