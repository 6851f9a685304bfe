import pLimit from "p-limit";

/** Runs work as soon as others let it. */
export type Limit = <Given extends unknown[], T>(work: (...given: Given) => Promise<T>, ...given: Given) => Promise<T>;

const atOnce: Limit = (work, ...given) => work(...given);

/**
 * Lets so many pieces of work run side by side.
 * @param pieces how many there will be at most: where that is within the limit, as it is for a single event, none is kept
 */
export const limitTo = (most: number, pieces: number): Limit => (pieces <= most ? atOnce : pLimit(most));
