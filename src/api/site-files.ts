/** How a file for browsers is served. */
export type SiteFile = { path: string; type: string; cacheControl: string; isPage: boolean };

/** Pages ask again after five minutes, and meanwhile start with what they have. */
export const CLIENT_CACHE = "public, max-age=300, stale-while-revalidate=86400";
/** It changes with the service, and a browser is to ask. */
export const ASK_AGAIN = "no-cache";

/** Nothing runs or is drawn here that this service did not serve, and no other page shows this one inside its own. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** What pages say besides what every answer says. */
export const PAGE_HEADERS = { "Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer" };

/** The operator's pages, and the page of the OpenAPI document, each with its type. */
export const TOOLS = {
  "/api": "text/html",
  "/api.css": "text/css",
  "/operator": "text/html",
  "/operator.css": "text/css",
  "/operator.js": "text/javascript",
};

const CLIENT = ["/waymark.js", "/waymark-elements.js"];
export const OPEN_API = "/openapi.json";

export const withCharset = (type: string): string => `${type}; charset=utf-8`;

/** Every file that a service on AWS serves to whoever asks, as it serves them: the files of a site beside it. */
export const SITE_FILES: readonly SiteFile[] = [
  ...CLIENT.map((path) => ({
    path,
    type: withCharset("text/javascript"),
    cacheControl: CLIENT_CACHE,
    isPage: false,
  })),
  ...Object.entries(TOOLS).map(([path, type]) => ({
    path,
    type: withCharset(type),
    cacheControl: ASK_AGAIN,
    isPage: true,
  })),
  { path: OPEN_API, type: "application/json", cacheControl: ASK_AGAIN, isPage: false },
];
