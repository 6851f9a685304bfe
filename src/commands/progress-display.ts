import { Presets, SingleBar } from "cli-progress";

const LINE_INTERVAL_MS = 5_000;

export type ProgressDisplay = { update(done: number, learners: number, seconds: number): void; stop(): void };

/**
 * A bar with rate and time left on a terminal, and a plain line every few seconds elsewhere. `total` may be a guess.
 * @param noun what is counted
 */
export function progressDisplay(
  total: number,
  stream: NodeJS.WriteStream = process.stderr,
  noun = "learners",
): ProgressDisplay {
  return stream.isTTY ? bar(total, stream, noun) : lines(total, stream, noun);
}

const rateOf = (learners: number, seconds: number) => Math.round(learners / Math.max(seconds, 0.001));

function bar(total: number, stream: NodeJS.WriteStream, noun: string): ProgressDisplay {
  const display = new SingleBar(
    {
      stream,
      format: `{bar} {percentage} % | {learners} ${noun}, {rate} a second | {eta_formatted} left`,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  display.start(Math.max(total, 1), 0, { learners: 0, rate: 0 });
  return {
    update(done, learners, seconds) {
      if (done > display.getTotal()) display.setTotal(done);
      display.update(done, { learners, rate: rateOf(learners, seconds) });
    },
    stop: () => display.stop(),
  };
}

function lines(total: number, stream: NodeJS.WriteStream, noun: string): ProgressDisplay {
  let printedAt = performance.now();
  return {
    update(done, learners, seconds) {
      if (performance.now() - printedAt < LINE_INTERVAL_MS) return;
      printedAt = performance.now();
      const share = total > 0 ? Math.min(done / total, 1) : 0;
      const left = share > 0 ? `, about ${Math.ceil((seconds * (1 - share)) / share)} s left` : "";
      stream.write(`${learners} ${noun}, ${rateOf(learners, seconds)} a second, ${Math.round(share * 100)} %${left}\n`);
    },
    stop: () => {},
  };
}
