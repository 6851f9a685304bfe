export type BackOff = { firstMs: number; longestMs: number };

/**
 * How long to wait before another try, in milliseconds: drawn evenly below a bound that doubles with every try, because
 * those who were refused together must not come back together.
 * @param tries how many have failed so far, 1 or more
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const backOffMs = (tries: number, { firstMs, longestMs }: BackOff): number =>
  Math.random() * Math.min(firstMs * 2 ** (tries - 1), longestMs);
