import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { expect, it } from "vitest";
import * as web from "../../src/lambda/web/index.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

/** Node's own, in whose place another test's local server may have put one that is derived from it. */
function nodesOwn<T extends object>(made: T): T {
  const parent = Object.getPrototypeOf(made);
  return parent === Function.prototype ? made : nodesOwn(parent);
}
const node = {
  Headers: nodesOwn(globalThis.Headers),
  Request: nodesOwn(globalThis.Request),
  Response: nodesOwn(globalThis.Response),
};

/** What a work comes to, or that it was refused. Of two faults either may be found first. */
async function outcome(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return "refused";
    throw error;
  }
}

const units = fc.constantFrom(..."aZ5-_:, \t\r\n\0é", "ÿ", "Ā", "😀", "\ud800", "\ufeff");
const text = fc.string({ unit: units, maxLength: 8 });
const value = fc.oneof(text, fc.constantFrom("application/json", "gzip, br", " padded\t"));
const name = fc.oneof({ weight: 4, arbitrary: fc.constantFrom("Vary", "vary", "Set-Cookie", "content-type") }, text);
const headers = fc.array(fc.tuple(name, value), { maxLength: 4 });
const body = fc.option(
  fc.oneof(text, fc.uint8Array({ maxLength: 8 }), fc.constant(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b))),
  { nil: undefined },
);

it("Headers do with any names and values what Node's do", async () => {
  const step = fc.record({ method: fc.constantFrom("set", "append", "delete", "get", "has"), name, value } as const);
  const property = fc.asyncProperty(headers, fc.array(step, { maxLength: 8 }), async (source, steps) => {
    const lived = (Headers: typeof web.Headers | typeof globalThis.Headers) =>
      outcome(async () => {
        const Made = Headers as typeof web.Headers;
        const made = new Made(source);
        const said = [];
        for (const { method, name, value } of steps)
          said.push(await outcome(() => (made[method] as (...given: string[]) => unknown)(name, value)));
        const each: string[][] = [];
        made.forEach((value, name) => void each.push([name, value]));
        return {
          said,
          entries: [...made.entries()],
          each,
          copied: [...new Made(made)],
          cookies: made.getSetCookie(),
        };
      });
    expect(await lived(web.Headers)).toEqual(await lived(node.Headers));
  });
  await holds(property, RUNS.pure);
});

const read = async (message: web.Request | web.Response | Request | Response) => ({
  headers: [...message.headers],
  isEmpty: message.body === null,
});

it("A request is what Node's is, and refuses what that refuses", async () => {
  const address = fc
    .tuple(
      fc.constantFrom("host", "HOST:8080", "a:b@host", "ho st"),
      fc.string({ unit: fc.constantFrom(..."/.a%2e?&=# é") }),
    )
    .map(([host, path]) => `https://${host}/${path}`);
  const method = fc.constantFrom("GET", "get", "HEAD", "POST", "post", "DELETE", "purge", "TRACE", "P T", "");
  const property = fc.asyncProperty(address, method, headers, body, async (address, method, headers, body) => {
    const asked = (Request: typeof web.Request | typeof globalThis.Request) =>
      outcome(async () => {
        const make = () =>
          new (Request as typeof web.Request)(address, { method, headers, ...(body !== undefined && { body }) });
        const { url, method: as } = make();
        const bytes = [...new Uint8Array(await make().arrayBuffer())];
        return { url, as, bytes, text: await make().text(), ...(await read(make())) };
      });
    expect(await asked(web.Request)).toEqual(await asked(node.Request));
  });
  await holds(property, RUNS.pure);
});

it("An answer is what Node's is, also one that is made of another", async () => {
  const status = fc.constantFrom(undefined, 200, 201, 204, 304, 404, 500, 599, 600, 199, 0.5);
  const property = fc.asyncProperty(status, headers, body, async (status, headers, body) => {
    const answered = (Response: typeof web.Response | typeof globalThis.Response) =>
      outcome(async () => {
        const Made = Response as typeof web.Response;
        const make = () => new Made(body, { status, headers });
        const again = new Made(make().body, make());
        const bytes = [...new Uint8Array(await make().arrayBuffer())];
        const { status: is, ok } = make();
        return {
          is,
          ok,
          bytes,
          text: await make().text(),
          ...(await read(make())),
          again: [again.status, await again.text()],
        };
      });
    expect(await answered(web.Response)).toEqual(await answered(node.Response));
  });
  await holds(property, RUNS.pure);
});

it("Keys are fetched as Node fetches them: with headers, without following, and no longer than is waited", async () => {
  const server = createServer(({ url, headers }, answer) => {
    if (url === "/keys") answer.end(JSON.stringify({ keys: [], accept: headers.accept }));
    else if (url === "/moved") answer.writeHead(302, { location: "/keys" }).end();
    else if (url === "/gone") answer.writeHead(404).end("gone");
    else if (url === "/cut") answer.writeHead(200, { "content-length": "100" }).write("x", () => answer.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fetched = (fetch: typeof web.fetch, Headers: typeof web.Headers) => (path: string, ms: number) =>
    fetch(path.startsWith("http") ? path : origin + path, {
      method: "GET",
      headers: new Headers({ accept: "application/json" }),
      signal: AbortSignal.timeout(ms),
      redirect: "manual",
    } as Parameters<typeof web.fetch>[1]).then(
      async (answer) => [answer.status, await answer.text()],
      () => "failed",
    );
  const [ours, nodes] = [fetched(web.fetch, web.Headers), fetched(globalThis.fetch as never, node.Headers as never)];
  try {
    for (const path of ["/keys", "/moved", "/gone"])
      expect([path, await ours(path, 60_000)]).toEqual([path, await nodes(path, 60_000)]);
    expect(await ours("/silent", 50)).toBe("failed");
    expect(await ours("/cut", 60_000)).toBe("failed");
    expect(await ours("http://127.0.0.1:1", 60_000)).toBe("failed");
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
