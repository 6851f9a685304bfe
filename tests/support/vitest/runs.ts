/** How many cases a property tries: at least `floor`, and `long` in `npm run test:long`. There is no limit of time. */
export type Runs = { floor: number; long: number };

/** What is tried on a store, by what one case asks of it. */
export type StoreRuns = Record<
  /** A history of some events, read back. */
  | "history"
  /** Events at once, in an order of their steps that is drawn. */
  | "interleaving"
  /** One close call, which has few steps to order. */
  | "closeCall"
  /** A module with more results than its item holds. */
  | "fullModule",
  Runs
>;

/** What one case costs decides how many there are; where it asks a store, the store decides too. */
export const RUNS = {
  /** Calls of functions. */
  pure: { floor: 300, long: 20_000 },
  /** Requests over HTTP. */
  body: { floor: 220, long: 5_000 },
  path: { floor: 100, long: 2_000 },
  sqlite: {
    history: { floor: 200, long: 5_000 },
    interleaving: { floor: 200, long: 5_000 },
    closeCall: { floor: 40, long: 1_000 },
    fullModule: { floor: 12, long: 200 },
  },
  /** Every property of these is tried on SQLite, too. */
  dynalite: {
    history: { floor: 20, long: 500 },
    interleaving: { floor: 20, long: 500 },
    closeCall: { floor: 4, long: 100 },
    fullModule: { floor: 1, long: 20 },
  },
} as const satisfies Record<string, Runs | StoreRuns>;

/** Whether this is a run at length. */
export const isLong = process.env.TEST_RUNS === "long";
