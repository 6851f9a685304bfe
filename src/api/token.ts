import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { AppError } from "../model/errors.ts";

/** The token of an Authorization header. @throws AppError UNAUTHENTICATED for another scheme */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined || header.trim() === "") return undefined;
  const [, token] = /^Bearer +([^\s,]+)$/i.exec(header.trim()) ?? [];
  if (token === undefined) throw new AppError("UNAUTHENTICATED", "Expected Authorization: Bearer, and one token.");
  return token;
}

/**
 * The token in a page's cookie. A browser sends a cookie with every request, whoever's page asks for it, so it speaks for
 * the learner only where the browser says that the page is one of ours: by an origin in ALLOWED_ORIGINS (`*` is not
 * one), or by `Sec-Fetch-Site: same-origin`, which no page can write.
 * @throws AppError UNAUTHENTICATED for a cookie from elsewhere
 */
export function cookieToken({ req }: Context, name: string, origins: readonly string[]): string | undefined {
  const token = getCookie({ req } as Context, name);
  if (token === undefined || token === "") return undefined;
  const origin = req.header("origin");
  if (origin !== undefined && origin !== "*" && origins.includes(origin)) return token;
  if (req.header("sec-fetch-site") === "same-origin") return token;
  throw new AppError(
    "UNAUTHENTICATED",
    `The cookie ${name} counts from pages of ALLOWED_ORIGINS and of this service's own origin. Send the token in Authorization.`,
  );
}
