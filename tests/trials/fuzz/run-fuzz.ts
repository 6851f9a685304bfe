import fc from "fast-check";
import { type Exchange, exchangeWith } from "./exchange.ts";
import type { Tokens } from "./header-arbitraries.ts";
import { heavyExchange } from "./heavy-exchanges.ts";
import { anyExchange } from "./http-arbitraries.ts";
import { type Counts, type Extremes, judge, noExtremes, noteExtremes } from "./judge.ts";

export type FuzzOptions = {
  url: string;
  tokens: Tokens;
  /** How many exchanges, at least, but for a few. */
  exchanges: number;
  seed: number;
  /** Where in the seed's sequence a failure was, as its message told. */
  path?: string | undefined;
  /** Ends it early; without a limit it goes on until all exchanges are made. */
  milliseconds?: number;
};

export type Fuzzed = { counts: Counts; extremes: Extremes };

/** On connections of their own: from one to the most, evenly. */
const MOST_AT_ONCE = 25;
const AT_ONCE = (MOST_AT_ONCE + 1) / 2;
/** fast-check likes short lists, so that the mean falls short of the middle. */
const MORE = 1.2;
/** Rounds of many exchanges to each of a heavy one, which goes alone: how long it takes is to be its own. */
const LIGHT_ROUNDS = 15;
const SHOWN_BYTES = 3_000;

/**
 * Sends what no client should, some of it at once.
 * @returns how many answers of each kind there were, the largest of them and the longest exchange
 * @throws Error at the first answer that may not be, with the seed, the path and the bytes that had it
 */
export async function fuzz({ url, tokens, exchanges, seed, path, milliseconds }: FuzzOptions): Promise<Fuzzed> {
  const port = Number(new URL(url).port);
  const counts: Counts = {};
  const extremes = noExtremes();
  const shown = (exchanges: fc.Arbitrary<Exchange>) =>
    exchanges.map((exchange) => Object.assign(exchange, { [fc.toStringMethod]: () => describe(exchange) }));
  const light = fc.array(shown(anyExchange(port, tokens)), { minLength: 1, maxLength: MOST_AT_ONCE, size: "max" });
  const heavy = shown(heavyExchange(port, tokens)).map((exchange) => [exchange]);
  const some = fc.oneof({ weight: LIGHT_ROUNDS, arbitrary: light }, { weight: 1, arbitrary: heavy });
  const property = fc.asyncProperty(some, async (atOnce) => {
    const faults = await Promise.all(
      atOnce.map(async (exchange) => {
        const outcome = await exchangeWith(port, exchange);
        noteExtremes(extremes, exchange, outcome);
        const fault = judge(exchange, outcome, counts);
        return fault && `${fault}\nto ${describe(exchange)}`;
      }),
    );
    const [fault] = faults.filter((one) => one !== undefined);
    if (fault !== undefined) throw new Error(fault);
  });
  await fc.assert(property, {
    numRuns: Math.ceil((exchanges / AT_ONCE) * MORE),
    seed,
    ...(path !== undefined && { path }),
    ...(milliseconds !== undefined && { interruptAfterTimeLimit: milliseconds }),
    // The message names the one exchange; to make it smaller, each step would wait for a hang again.
    endOnFailure: true,
  });
  return { counts, extremes };
}

/** An exchange so that it can be sent again by hand. */
function describe({ parts, ending, methods }: Exchange): string {
  const bytes = Buffer.concat(parts);
  const text = JSON.stringify(bytes.subarray(0, SHOWN_BYTES).toString("latin1"));
  const rest = bytes.length > SHOWN_BYTES ? `, and ${bytes.length - SHOWN_BYTES} bytes more` : "";
  return `{ ${methods.join(", ")}; in ${parts.length} parts, then ${ending}; latin1 ${text}${rest} }`;
}
