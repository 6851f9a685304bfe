import type { MiddlewareHandler } from "hono";
import { AppError } from "../model/errors.ts";
import { isLoopback } from "../process/loopback.ts";

/**
 * An open service trusts whoever reaches it, and so must not be reached by a page from elsewhere through the browser of
 * somebody on this machine: neither with a simple request, nor by a name that suddenly means this machine.
 */
export function onlyFromThisMachine(isAllowed: (origin: string) => boolean): MiddlewareHandler {
  /** Nearly all requests name the same host, and a host takes time to judge. */
  let lastOfOurs: string | undefined;
  return async ({ req }, next) => {
    const origin = req.header("origin");
    if (origin !== undefined && !isAllowed(origin))
      throw new AppError(
        "FORBIDDEN",
        "This service is open to this machine's pages only. Set ALLOWED_ORIGINS for others.",
      );
    const host = req.header("host");
    if (host !== undefined && host !== lastOfOurs && !isLoopback(`http://${host}`))
      throw new AppError("FORBIDDEN", "This service is open, and answers under this machine's own names only.");
    lastOfOurs = host;
    await next();
  };
}
