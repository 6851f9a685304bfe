import type { RunLeases } from "./run-leases.ts";
import type { Scanner } from "./scanner.ts";
import type { Store } from "./store.ts";
import type { Unlisted } from "./unlisted.ts";
import type { Limits, Meter } from "./usage.ts";

/** `page`: somebody waits for the answer. `batch`: a long job, which slows down when the store is busy, and goes on. */
export type Patience = "page" | "batch";

/** One way into a store, for one kind of work. */
export type Connection = {
  store: Store;
  leases: RunLeases;
  /** What went through this connection. */
  meter: Meter;
  /** What brings items to lists that earlier releases did not have; undefined where a store keeps its indexes itself. */
  unlisted?: Unlisted;
  /** @param unitsPerPage about how many capacity units a page may take; without it, as many as the store likes */
  scanner(unitsPerPage?: number): Scanner;
  /**
   * Resolves once all that a page's connection told so far outlives a loss of power; who answers for it waits for that.
   * What a batch's connection tells already does.
   * @throws AppError STORE_UNAVAILABLE
   */
  durable(): Promise<void>;
};

/** A store that has been opened. Which it is, nobody above needs to know. */
export type OpenStore = {
  /** It ends with the store. */
  connect(patience: Patience, limits?: Limits): Connection;
  /**
   * Makes what the store needs before its first use, where that is not a deployment's work.
   * @throws AppError STORE_UNAVAILABLE
   */
  prepare(): Promise<void>;
  /** For people: which store it is. */
  description: string;
  /** What a run's files say of it, so that they are not used on another: no folder, no address. */
  target: string;
  close(): Promise<void>;
};

/** There is nothing where the store should be, or nothing that can be used; the message says what and what to do. */
export class StoreFault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreFault";
  }
}
