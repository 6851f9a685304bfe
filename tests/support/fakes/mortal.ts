import type { Bucket } from "../../../src/aws/bucket.ts";
import { AppError } from "../../../src/model/errors.ts";
import type { Scanner } from "../../../src/store/scanner.ts";
import type { Store } from "../../../src/store/store.ts";

/**
 * What becomes of a process at its n-th call of store or bucket: it dies before the call is made, or when it has been made
 * and nobody has heard of it yet; or the call fails, and the process learns of it; or it is told to stop.
 */
export type End = { at: number; how: "dies before" | "dies after" | "fails" | "is stopped" };

type Method = (...given: unknown[]) => unknown;
type Living = <T>(action: () => Promise<T>) => Promise<T>;

const wrapped = <T extends object>(target: T, living: Living): T =>
  Object.fromEntries(
    Object.entries(target).map(([name, method]) => [
      name,
      name === "close" ? method : (...given: unknown[]) => living(async () => (method as Method)(...given)),
    ]),
  ) as T;

const pagesOf = <Given extends unknown[], T>(pages: (...given: Given) => AsyncGenerator<T>, living: Living) =>
  async function* (...given: Given): AsyncGenerator<T> {
    const inner = pages(...given);
    for (let page = await living(() => inner.next()); !page.done; page = await living(() => inner.next()))
      yield page.value;
  };

/** The surroundings of one process, which ends as it is told to. After its death nothing happens any more. */
export function mortal(around: { store: Store; scanner: Scanner; bucket: Bucket }, { at, how }: End) {
  const never = new Promise<never>(() => {});
  const death = Promise.withResolvers<void>();
  const stop = new AbortController();
  let [calls, isDead] = [0, false];
  const die = () => {
    isDead = true;
    death.resolve();
    return never;
  };
  const livingOn =
    (failure: Error): Living =>
    async (action) => {
      if (isDead) return never;
      const isLast = ++calls === at;
      if (isLast && how === "dies before") return die();
      if (isLast && how === "fails") throw failure;
      if (isLast && how === "is stopped") stop.abort();
      const result = await action();
      if (isLast && how === "dies after") return die();
      return isDead ? never : result;
    };
  const away = Object.assign(new Error("connect ECONNREFUSED"), { name: "NetworkError" });
  // As each of the two tells it.
  const living = livingOn(new AppError("STORE_UNAVAILABLE", "The store did not take it.", { cause: away }));
  const livingBucket = livingOn(away);
  const { store, scanner, bucket } = around;
  return {
    store: wrapped(store, living),
    scanner: { ...scanner, segment: pagesOf(scanner.segment, living) },
    bucket: { ...wrapped(bucket, livingBucket), list: pagesOf(bucket.list, livingBucket) },
    signal: stop.signal,
    death: death.promise,
  };
}
