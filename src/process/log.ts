/** What one piece of work asked of the store. */
type Usage = { calls: number; ms: number; rcu: number; wcu: number };

/** The part of a structured logger that the services use. */
export type Log = Record<
  "debug" | "info" | "warn" | "error",
  (message: string, details?: Record<string, unknown>) => void
>;

/** What a log line says of an error: what went wrong, and under it, at the store; no stack. */
export function errorDetails(error: unknown): { error: string; cause?: string } {
  const line = (value: unknown) =>
    value instanceof Error ? [value.name, value.message].filter(Boolean).join(": ") : String(value);
  const cause = error instanceof Error ? error.cause : undefined;
  return { error: line(error), ...(cause !== undefined && { cause: line(cause) }) };
}

/** What a log line says of the store's part in a piece of work. */
export const usageDetails = ({ calls, ms, rcu, wcu }: Usage) => ({
  calls,
  ms: rounded(ms),
  read_units: rcu,
  write_units: wcu,
});

/** Milliseconds, as a log has them. */
export const rounded = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;
