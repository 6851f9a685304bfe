import type { Result } from "../../client/types.ts";

export const FAULTS = {
  none: "All is well",
  offline: "Offline: nothing leaves the page",
  busy: "503: the store cannot take events",
  expired: "The token has expired",
  slow: "Slow: five seconds per answer",
} as const;
export type Fault = keyof typeof FAULTS;

const SLOW_MS = 5_000;

/** A request, and what became of it. */
export type Exchange = {
  method: string;
  path: string;
  /** Of a batch: the names of its events. */
  events: string[];
  status: number | "sent" | "no connection";
  /** The code of the refusal, or of each event that is refused. */
  codes: string[];
  milliseconds: number | undefined;
};

type Listener = (exchange: Exchange) => void;

/** What lies between this page and the service: it can be disturbed, and tells what goes through it. */
export const wire = { fault: "none" as Fault, hear: (() => {}) as Listener };

const realFetch = globalThis.fetch.bind(globalThis);

const problem = (status: number, code: string, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify({ status, code, detail: "Made up by this page's fault panel" }), { status, headers });

/** Stands in for the network as the fault panel has it. */
async function disturbed(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  if (wire.fault === "offline") throw new TypeError("The fault panel has taken the network away");
  if (wire.fault === "busy") return problem(503, "STORE_UNAVAILABLE", { "Retry-After": "2" });
  if (wire.fault === "expired") {
    // Once: the client asks for a new token, and tries again.
    wire.fault = "none";
    dispatchEvent(new Event("faultover"));
    return problem(401, "UNAUTHENTICATED");
  }
  if (wire.fault === "slow") await new Promise((done) => setTimeout(done, SLOW_MS));
  return realFetch(input, init);
}

/** Puts itself in the place of `fetch`, which the client calls too. */
export function listen(): void {
  globalThis.fetch = async (input, init) => {
    const exchange: Exchange = {
      method: init?.method ?? "GET",
      path: new URL(String(input), location.href).pathname,
      events: eventsIn(init?.body),
      status: "sent",
      codes: [],
      milliseconds: undefined,
    };
    wire.hear(exchange);
    const start = performance.now();
    try {
      const response = await disturbed(input, init);
      exchange.status = response.status;
      exchange.codes = await codesIn(response.clone());
      return response;
    } catch (error) {
      exchange.status = "no connection";
      throw error;
    } finally {
      exchange.milliseconds = Math.round(performance.now() - start);
      wire.hear(exchange);
    }
  };
}

function eventsIn(body: unknown): string[] {
  if (typeof body !== "string") return [];
  const { events } = JSON.parse(body) as { events?: { eventName: string }[] };
  return (events ?? []).map(({ eventName }) => eventName);
}

async function codesIn(response: Response): Promise<string[]> {
  const answer = (await response.json().catch(() => ({}))) as { code?: string; results?: Result[] };
  const refused = (answer.results ?? []).flatMap((each) => (each.status === "refused" ? [each.error.code] : []));
  return [...(answer.code ? [answer.code] : []), ...refused];
}
