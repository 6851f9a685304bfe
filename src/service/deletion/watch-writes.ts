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
  "deletedAmong",
]);

/**
 * A store that knows when it was written to, and looks at something after its last write.
 *
 * The first `read` may be the last thing that is asked of the store, so the look goes side by side with it and costs no
 * time. Where something is written after that, the look is repeated at the end. So there is one look, or there are two.
 */
export function watchWrites<T>(store: Store, look: () => Promise<T>) {
  const inFlight = new Set<Promise<unknown>>();
  /** Begun when every write had come to its end; undefined again as soon as another write begins. */
  let looking: Promise<T> | undefined;
  let hasRead = false;

  const begin = () => {
    const begun = look();
    // Somebody waits for it at the end; until then a failure must not count as unhandled.
    begun.catch(() => {});
    looking = begun;
    return begun;
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
      if (!READS.has(name)) return (...given: unknown[]) => beginWrite(() => method.apply(target, given));
      return (...given: unknown[]) => {
        if (name === "read") beforeReading();
        return method.apply(target, given);
      };
    },
  });

  return {
    store: watched,
    /** Waits for the writes that are still in flight, also where one of them has failed, and looks after the last. */
    async lookAfterLastWrite(): Promise<T> {
      while (inFlight.size > 0) await Promise.allSettled(inFlight);
      return looking ?? begin();
    },
  };
}
