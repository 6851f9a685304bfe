/** What a run saw, while it goes on. */
export class Tally {
  events = { sent: 0, accepted: 0, refused: 0 };
  requests = 0;
  /** Copies of a request beyond the first. */
  copies = 0;
  reads = 0;
  refusals: Record<string, number> = {};
  statuses: Record<string, number> = {};
  /** Milliseconds, by kind of request; what had no answer is not in it. */
  latencies: Record<string, number[]> = {};
  /** What should never be, in words; the first ones are kept. */
  violations: string[] = [];
  violationCount = 0;

  violation(text: string): void {
    this.violationCount++;
    if (this.violations.length < 50) this.violations.push(text.slice(0, 2_000));
  }

  answered(kind: string, status: number, milliseconds: number): void {
    this.latencies[kind] ??= [];
    this.latencies[kind].push(milliseconds);
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
  }

  refused(code: string): void {
    this.events.refused++;
    this.refusals[code] = (this.refusals[code] ?? 0) + 1;
  }
}

export type Percentiles = { kind: string; count: number; p50: number; p95: number; p99: number; max: number };

export function percentilesOf(kind: string, samples: readonly number[]): Percentiles {
  const sorted = Float64Array.from(samples).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { kind, count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
