/**
 * Requests and answers that hold all of their body, as a function has them. The build puts them in the place of Node's own:
 * those stand on all of Node's HTTP client, whose loading is a quarter of a start, and on streams, which take time in each
 * invocation. tests/lambda/web.test.ts holds them to Node's.
 */
export { fetch } from "./fetch.ts";
export { Headers } from "./headers.ts";
export { Request, Response } from "./messages.ts";
