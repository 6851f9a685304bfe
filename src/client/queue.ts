/** An event as it goes out, by the key under which it is kept: the scope, its time, its number, its id. */
export type Waiting = { key: string; body: string };

/** More are not kept in storage, which belongs to the page and is small; they wait in memory. */
const MAX_STORED = 2_000;
const MAX_EVENTS = 100;

export type Queue = ReturnType<typeof createQueue>;

/** A key ends with the event's id, a UUID. */
export const idOf = (key: string): string => key.slice(-36);

const encoder = new TextEncoder();

/**
 * What waits for its answer: in storage, a key per event, so that tabs never overwrite each other's; in memory where
 * there is no storage or it is full.
 * @param scope begins each key: the service and the learner, so that nobody sends or sees another's events
 */
export function createQueue(scope: string, storage: Storage | undefined) {
  const memory = new Map<string, string>();

  const storedKeys = (): string[] => {
    try {
      return storage ? Object.keys(storage).filter((key) => key.startsWith(scope)) : [];
    } catch {
      return [];
    }
  };
  let stored = storedKeys().length;
  const keys = (): string[] => {
    const found = storedKeys();
    stored = found.length;
    return [...new Set([...memory.keys(), ...found])].sort();
  };
  /** What is still to be sent; empty where another tab has removed it. */
  const read = (key: string, answered: ReadonlyMap<string, unknown>): string => {
    try {
      return answered.has(key) ? "" : (memory.get(key) ?? storage?.getItem(key) ?? "");
    } catch {
      return "";
    }
  };

  return {
    keys,
    keep(key: string, body: string): void {
      try {
        if (!storage || stored >= MAX_STORED) throw 0;
        storage.setItem(key, body);
        stored++;
      } catch {
        memory.set(key, body);
      }
    },
    /** Keeps in memory what is no longer in storage. */
    adopt(key: string, body: string): void {
      memory.set(key, body);
    },
    remove(key: string): void {
      memory.delete(key);
      try {
        storage?.removeItem(key);
      } catch {}
    },
    /**
     * The next batch in order of time: at most 100 events and `maxBytes`, but one at least.
     * @param answered what needs no sending, though it is still here
     * @param from keys in their order, off which it is taken. Without them the page is leaving: then what would be lost with
     * it comes first, and nothing that is larger than `maxBytes`
     */
    batch(maxBytes: number, answered: ReadonlyMap<string, unknown>, from?: string[]): Waiting[] {
      const found: Waiting[] = [];
      const most = from ? 1e9 : maxBytes;
      let bytes = 0;
      const order = from ?? [...new Set([...memory.keys(), ...keys()])];
      for (let key = order[0]; key; order.shift(), key = order[0]) {
        const body = read(key, answered);
        const size = encoder.encode(body).length + 1;
        if (!body || size > most) continue;
        bytes += size;
        if (found.length >= MAX_EVENTS || (bytes > maxBytes && found.length > 0)) break;
        found.push({ key, body });
      }
      return found;
    },
  };
}
