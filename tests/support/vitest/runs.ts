/** How many cases a property tries: at least `floor`, and `long` in `npm run test:long`. There is no limit of time. */
export type Runs = { floor: number; long: number };

/** What one case costs decides how many there are; where it asks a store, the store decides too. */
export const RUNS = {
  /** Calls of functions. */
  pure: { floor: 300, long: 20_000 },
  /** Requests over HTTP. */
  body: { floor: 220, long: 5_000 },
  path: { floor: 100, long: 2_000 },
  /** A history of some events, read back. */
  history: { dynalite: { floor: 80, long: 500 }, sqlite: { floor: 300, long: 5_000 } },
  /** Events at once, in an order of their steps that is drawn. */
  interleaving: { dynalite: { floor: 60, long: 500 }, sqlite: { floor: 300, long: 5_000 } },
  /** One close call, which has few steps to order. */
  closeCall: { dynalite: { floor: 12, long: 100 }, sqlite: { floor: 60, long: 1_000 } },
  /** A module with more results than its item holds. */
  fullModule: { dynalite: { floor: 4, long: 20 }, sqlite: { floor: 12, long: 200 } },
} as const satisfies Record<string, Runs | Record<"dynalite" | "sqlite", Runs>>;

/** Whether this is a run at length. */
export const isLong = process.env.TEST_RUNS === "long";
