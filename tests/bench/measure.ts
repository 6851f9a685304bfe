export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
};

/**
 * Measures things side by side: every round runs each once, and every other round in reverse order, so that a
 * machine that is busy for a while is busy for all of them.
 * @param warmUps rounds that count for nothing
 * @returns the samples of each, round by round
 */
export async function interleave<Samples extends Record<string, unknown>>(
  rounds: number,
  measured: { [Name in keyof Samples]: () => Samples[Name] | Promise<Samples[Name]> },
  warmUps = 1,
): Promise<{ [Name in keyof Samples]: Samples[Name][] }> {
  const names = Object.keys(measured) as (keyof Samples)[];
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as {
    [Name in keyof Samples]: Samples[Name][];
  };
  for (let round = -warmUps; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = await measured[name]();
      if (round >= 0) samples[name].push(sample);
    }
  }
  return samples;
}

/** The ratios of samples that were taken in the same round: their median, and the middle half of them. */
export function ratios(of: readonly number[], to: readonly number[]): { ratio: number; spread: [number, number] } {
  const sorted = of.map((value, round) => value / (to[round] as number)).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] as number;
  return { ratio: median(sorted), spread: [at(0.25), at(0.75)] };
}

/** Milliseconds of one call. */
export function elapsed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Calls per second, over a span that is long against the clock's resolution. */
export function callsPerSecond(work: () => unknown, spanMs: number): number {
  let calls = 0;
  const start = performance.now();
  let passed = 0;
  while (passed < spanMs) {
    for (let index = 0; index < 16; index++) work();
    calls += 16;
    passed = performance.now() - start;
  }
  return (calls * 1_000) / passed;
}
