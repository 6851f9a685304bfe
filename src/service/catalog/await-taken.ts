/** What a look shows: `nobody` where no service runs that could take it. */
export type Look = "taken" | "not yet" | "nobody";

export type Clock = { now(): number; sleep(ms: number): Promise<unknown> };

const POLL_MS = 250;

/** Looks until a service has taken what was published, for so long at most. */
export async function awaitTaken(
  look: () => Promise<Look>,
  { timeoutMs, clock, signal }: { timeoutMs: number; clock: Clock; signal: AbortSignal },
): Promise<"taken" | "nobody" | "late" | "stopped"> {
  const until = clock.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== "not yet") return seen;
    if (signal.aborted) return "stopped";
    if (clock.now() >= until) return "late";
    await clock.sleep(POLL_MS);
  }
}
