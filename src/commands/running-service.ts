import * as z from "zod";

/** What answers at a port of this machine: nobody, somebody who does not tell now, or a service with its catalog's version. */
export type RunningService = { kind: "nobody" | "silent" } | { kind: "service"; version: string };

const TIMEOUT_MS = 2_000;
/** Of `GET /health`; a service of another release may say more. */
const Told = z.looseObject({ catalog_version: z.string() });

export const healthUrl = (port: number): string => `http://127.0.0.1:${port}/health`;

/** Asks the service at a port which catalog it works by. Never throws. */
export async function askRunningService(port: number): Promise<RunningService> {
  // Nobody can know at which port a service is that chose it itself.
  if (port === 0) return { kind: "nobody" };
  let answer: Response;
  try {
    answer = await fetch(healthUrl(port), { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    return { kind: (error as Error).name === "TimeoutError" ? "silent" : "nobody" };
  }
  if (answer.status >= 429) return { kind: "silent" };
  const told = Told.safeParse(await answer.json().catch(() => undefined));
  // Another program has the port.
  return told.success ? { kind: "service", version: told.data.catalog_version } : { kind: "nobody" };
}
