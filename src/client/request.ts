import type { Clock } from "./clock.ts";
import type { Options, Why } from "./types.ts";

const TIMEOUT_MS = 30_000;

/** An answer that came whole; `json` is undefined where it is none. */
// biome-ignore lint/suspicious/noExplicitAny: whoever answers at that address may answer anything.
export type Answer = { status: number; ok: boolean; headers: Headers; json: any };

/** @param body of a POST: the inside of a JSON object */
export type Request = (path: string, body?: string, keepalive?: boolean) => Promise<Answer>;

/**
 * Asks the service. A token goes into the body of what is sent, which then needs no preflight, and is never kept
 * outside this closure. The service's 401 asks for a new token, once.
 * @param url without a slash at its end
 * @param isEnabled whether anything may be kept
 */
export function createRequest({ token, url }: Options, clock: Clock, isEnabled: () => boolean): Request {
  let known: string | undefined;
  let asking: Promise<void> | undefined;
  const ask = (why: Why): Promise<void> => {
    asking ??= (async () => {
      try {
        known = typeof token === "function" ? await token(why) : token;
      } finally {
        asking = undefined;
      }
    })();
    return asking;
  };

  return async (path, body, keepalive = false) => {
    const signal = keepalive ? null : (AbortSignal.timeout?.(TIMEOUT_MS) ?? null);
    const send = () =>
      fetch(
        url + path,
        body === undefined
          ? { signal, headers: known ? { Authorization: `Bearer ${known}` } : {} }
          : {
              signal,
              keepalive,
              method: "POST",
              // fetch sends a text as text/plain, which needs no preflight.
              body: `{${body}${known ? `,"token":${JSON.stringify(known)}` : ""}}`,
            },
      );

    // A page that goes has no time to wait: with a token at hand, the request leaves before this function first yields.
    if (token && !known) await ask("first");
    const used = known;
    let sentAt = Date.now();
    let response = await send();
    if (response.status === 401 && typeof token === "function") {
      // Of requests that learn of it at once, the first asks.
      if (known === used) await ask("expired");
      sentAt = Date.now();
      response = await send();
    }
    clock.learn(response.headers.get("date"), sentAt, isEnabled());
    const text = await response.text();
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {}
    return { status: response.status, ok: response.ok, headers: response.headers, json };
  };
}
