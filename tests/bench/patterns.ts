import { completionDataFaults } from "../../src/catalog/completion-data.ts";
import { NOTORIOUS } from "../support/builders/patterns.ts";
import { elapsed, interleave, median, ratios } from "./measure.ts";
import { atMost, type Benchmark } from "./report.ts";

/** Long enough to show a curve, short enough for several rounds. */
const LENGTH = 8_000;
/** Twice the text may take twice the time, and what a clock and a busy machine add. */
const MOST = 3;

/**
 * Patterns that hold up the language's own engine for ever. What is asked is whether the time grows with the text alone:
 * the floor is twice the time of half the text.
 */
export const patterns: Benchmark = async ({ quick }) => {
  const rows = [];
  for (const [pattern, text] of NOTORIOUS) {
    const schema = { type: "string", pattern };
    const [whole, half] = [text(LENGTH), text(LENGTH / 2)];
    const samples = await interleave(quick ? 5 : 15, {
      whole: () => elapsed(() => times(4, () => completionDataFaults(schema, whole))) / 4,
      half: () => (2 * elapsed(() => times(4, () => completionDataFaults(schema, half)))) / 4,
    });
    const { ratio, spread } = ratios(samples.whole, samples.half);
    rows.push({
      benchmark: "patterns",
      case: `${pattern.replaceAll("|", "\\|")}, ${LENGTH} letters`,
      value: median(samples.whole),
      floor: median(samples.half),
      unit: "ms",
      ratio,
      spread,
      aim: atMost(ratio, MOST),
    });
  }
  return rows;
};

const times = (count: number, work: () => unknown): void => {
  for (let index = 0; index < count; index++) work();
};
