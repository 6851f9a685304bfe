import type { CallerLimits } from "../process/caller-limits.ts";
import type { Caller } from "./caller.ts";

/** Lets callers in as long as they have not used up what each of them may ask of the store. */
export type CallerGate = {
  /** @returns 0 for who comes in, else how many seconds to wait */
  admit(caller: Caller): number;
  /** Counts what a request that came in cost, when that is known. */
  charge(caller: Caller, units: number): void;
};

/** Who was here longest ago is forgotten first; his debt is forgiven, and memory bounded. */
const MOST_REMEMBERED = 10_000;
/** A request costs a unit, also where it asks nothing of the store. In thousandths: whole numbers add up exactly. */
const LEAST = 1_000;

/** What a caller has used, in thousandths of a unit, at a moment; it gets less with time. */
type Used = { milliunits: number; at: number };

/**
 * A bucket of units for each caller, which empties with time. A request comes in while there is any room, and is counted
 * when its cost is known: so a batch may be as large as batches are, and is paid for by waiting afterwards.
 *
 * The count is this process's own. A count that all processes shared would cost a write for each request, as much as an
 * event itself does.
 * @param now whole milliseconds
 */
export function createCallerGate(limits: CallerLimits, now: () => number = Date.now): CallerGate {
  const used = new Map<string, Used>();

  const usedNow = (key: string, rate: number): number => {
    const { milliunits, at } = used.get(key) ?? { milliunits: 0, at: 0 };
    // A clock that is set back must not keep a caller out for longer.
    return Math.max(0, milliunits - Math.max(0, now() - at) * rate);
  };
  const use = (key: string, milliunits: number): void => {
    // Whoever was here last stands last.
    used.delete(key);
    used.set(key, { milliunits, at: now() });
    const [oldest] = used.size > MOST_REMEMBERED ? used.keys() : [];
    if (oldest !== undefined) used.delete(oldest);
  };

  return {
    admit(caller) {
      const limit = limits[kindOf(caller)];
      if (limit === undefined) return 0;
      const [key, { rate, burst }] = [keyOf(caller), limit];
      const milliunits = usedNow(key, rate);
      const owed = milliunits - burst * 1_000;
      if (owed >= 0) return Math.floor(owed / (rate * 1_000)) + 1;
      use(key, milliunits + LEAST);
      return 0;
    },
    charge(caller, units) {
      const limit = limits[kindOf(caller)];
      const more = Math.ceil(units * 1_000) - LEAST;
      if (limit === undefined || more <= 0) return;
      const key = keyOf(caller);
      use(key, usedNow(key, limit.rate) + more);
    },
  };
}

const kindOf = ({ scopes }: Caller): keyof CallerLimits => (scopes.size > 0 ? "server" : "learner");

/** A learner is one caller, whatever token names him; a server is its subject; all who need no token are one. */
const keyOf = ({ learnerId, subject, scopes }: Caller): string =>
  scopes.size > 0 ? `server ${subject ?? ""}` : `learner ${learnerId ?? subject ?? ""}`;
