import type { Store } from "../../store/store.ts";

/** What changes nothing. Whatever else a store can do counts as a write, so that a new one is not forgotten. */
const READS: ReadonlySet<PropertyKey> = new Set<keyof Store>([
  "read",
  "readItem",
  "decisions",
  "completions",
  "attempts",
  "completionData",
  "sessions",
  "cards",
  "itemsPage",
  "someKeys",
  "identity",
  "identitiesAmong",
]);

/**
 * A store that knows when it was written to, and looks at something after its last write.
 *
 * The first `read` may be the last thing that is asked of the store, so the look goes side by side with it and costs no
 * time. Where something is written after that, the look is repeated at the end. So there is one look, or there are two.
 *
 * An attempt that has a limit takes one more before it, because it counts with those under the learner's other ids:
 *   t1 A counts an attempt under x, where it is the first   t2 A looks: x is y's, who has had them all
 * Test: decisions.properties, "with limits of attempts".
 * @param check told what a look before or beside a call has seen; what it throws fails the call
 */
export function watchWrites<T>(store: Store, look: () => Promise<T>, check: (seen: T) => void = () => {}) {
  const inFlight = new Set<Promise<unknown>>();
  /** Begun when every write had come to its end; undefined again as soon as another write begins. */
  let looking: Promise<T> | undefined;
  let hasRead = false;
  let hasFlagged = false;

  const begin = () => {
    const begun = look();
    // Somebody waits for it at the end; until then a failure must not count as unhandled.
    begun.catch(() => {});
    looking = begun;
    return begun;
  };
  let lookedBefore: Promise<T> | undefined;
  const lookBefore = () => {
    lookedBefore ??= look();
    return lookedBefore;
  };
  const beforeReading = () => {
    if (!hasRead && inFlight.size === 0) void begin();
    hasRead = true;
  };
  const beginWrite = (write: () => Promise<unknown>) => {
    looking = undefined;
    const writing = write();
    inFlight.add(writing);
    const end = () => inFlight.delete(writing);
    void writing.then(end, end);
    return writing;
  };

  const watched = new Proxy(store, {
    get(target, name, receiver) {
      const method = Reflect.get(target, name, receiver);
      if (typeof method !== "function") return method;
      if (name === "setFlag") hasFlagged = true;
      if (name === "addFacts")
        return (...given: Parameters<Store["addFacts"]>) =>
          // The look is part of the write: who waits for the last one waits for those that are about to be as well.
          beginWrite(async () => {
            const isLimited = given[3] !== undefined;
            if (isLimited) check(await lookBefore());
            return method.apply(target, given);
          });
      if (!READS.has(name)) return (...given: unknown[]) => beginWrite(() => method.apply(target, given));
      if (name !== "read") return method.bind(target);
      return async (...given: unknown[]) => {
        beforeReading();
        // A look that fails is waited for at the end.
        const checking = looking?.then(check, () => {});
        const [found] = await Promise.all([method.apply(target, given), checking]);
        return found;
      };
    },
  });

  return {
    store: watched,
    /** Whether a flag was written, or was about to be. */
    hasFlagged: () => hasFlagged,
    /** Waits for the writes that are still in flight, also where one of them has failed, and looks after the last. */
    async lookAfterLastWrite(): Promise<T> {
      while (inFlight.size > 0) await Promise.allSettled(inFlight);
      return looking ?? begin();
    },
  };
}
