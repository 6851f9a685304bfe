import fc from "fast-check";
import { AppError } from "../../../src/model/errors.ts";
import type { Store } from "../../../src/store/store.ts";

/** Runs an action when the schedule says so, and to its end before any other. */
export type Perform = <T>(label: string, action: () => Promise<T>) => Promise<T>;

/** The connection breaks at one step: before the store does it, or after, so that only the answer is lost. */
export type Crash = { step: number; moment: "before" | "after" };

/** Up to so many crashes, in the first so many steps. */
export const anyCrashes = ({ steps, most }: { steps: number; most: number }): fc.Arbitrary<Crash[]> =>
  fc.uniqueArray(
    fc.record({ step: fc.nat({ max: steps }), moment: fc.constantFrom("before" as const, "after" as const) }),
    { selector: ({ step }) => step, maxLength: most },
  );

const unavailable = () => new AppError("STORE_UNAVAILABLE", "The connection broke");

/** What a step comes to where its connection breaks, if it does. */
export async function broken<T>(moment: Crash["moment"] | undefined, action: () => Promise<T>): Promise<T> {
  if (moment === "before") throw unavailable();
  const outcome = await action();
  if (moment) throw unavailable();
  return outcome;
}

/** A store each of whose calls is one step. */
export const stepwise = (store: Store, perform: Perform): Store =>
  Object.fromEntries(
    (Object.entries(store) as [string, (...given: never[]) => Promise<unknown>][]).map(([name, method]) => [
      name,
      (...given: never[]) => perform(name, () => method(...given)),
    ]),
  ) as unknown as Store;

/** Whether a step, a store's call or a request, only reads, so that nobody need look at what it has changed. */
export const isRead = (label: string): boolean =>
  /^(read|readItem|attempts|cards|sessions|decisions|QueryCommand|GetCommand)$/.test(label);

/** Performs in the order of a schedule. @param afterEach is part of the step, so nothing comes between */
export function performerOf(
  scheduler: fc.Scheduler,
  crashes: readonly Crash[] = [],
  afterEach: (label: string) => Promise<void> = async () => {},
): Perform {
  let step = 0;
  return async <T>(label: string, action: () => Promise<T>): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let outcome: T | undefined;
    await scheduler.schedule(promise, label, undefined, async (end) => {
      const now = step++;
      const crash = crashes.find((planned) => planned.step === now);
      const [ran] = await Promise.allSettled([broken(crash?.moment, action)]);
      await afterEach(label);
      if (ran.status === "rejected") {
        reject(ran.reason);
      } else {
        outcome = ran.value;
        resolve();
      }
      await end();
    });
    return outcome as T;
  };
}

/** Again until it is answered, as a client does. @param pause comes before each repetition */
export async function untilAnswered<T>(action: () => Promise<T>, pause: () => Promise<void>): Promise<T> {
  for (;;)
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "STORE_UNAVAILABLE") throw error;
      await pause();
    }
}
