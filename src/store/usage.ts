import { AsyncLocalStorage } from "node:async_hooks";

/** Capacity units of DynamoDB that a client may consume a second; none is no limit. SQLite has no units. */
export type Limits = { maxRcu?: number | undefined; maxWcu?: number | undefined };

/** What a client has consumed since it was metered; of SQLite, nothing. */
export type Meter = { rcu: number; wcu: number };

/** What one piece of work asked of the store; `ms` adds up calls that went side by side. */
export type Usage = Meter & { calls: number; ms: number };
const usages = new AsyncLocalStorage<Usage>();

/** Runs a piece of work, and counts in `usage` what its calls of the store consume. */
export const withUsage = <T>(usage: Usage, work: () => Promise<T>): Promise<T> => usages.run(usage, work);
export const noUsage = (): Usage => ({ calls: 0, ms: 0, rcu: 0, wcu: 0 });

/** What the work that runs now counts in, if it counts. For stores alone. */
export const currentUsage = (): Usage | undefined => usages.getStore();
