import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { atFileEnd } from "../vitest/file-end.ts";

/** What becomes of a request: `slow` and `cut off` send the head and half of the body; `hang` sends nothing. */
export type Fate =
  | "give"
  | "missing"
  | "denied"
  | "other region"
  | "no bucket"
  | "error 500"
  | "cut off"
  | "stall"
  | "hang";

export type S3Stub = {
  endpoint: string;
  /** The object that is there; none is missing. */
  object: string | undefined;
  fate: Fate;
  /** Held back until it is resolved. */
  gate: Promise<void> | undefined;
  /** What came: the path, the ETag that it was asked not to give, and the answer's status. */
  requests: { path: string; ifNoneMatch: string | undefined; status: number }[];
  reset(): void;
};

const ERRORS: Partial<Record<Fate, [status: number, code: string]>> = {
  missing: [404, "NoSuchKey"],
  denied: [403, "AccessDenied"],
  "other region": [301, "PermanentRedirect"],
  "no bucket": [404, "NoSuchBucket"],
  "error 500": [500, "InternalError"],
};

export const etagOf = (text: string): string => `"${createHash("md5").update(text).digest("hex")}"`;

/** Speaks as much of S3 as GetObject and conditional PutObject need; gone when the test file is over. */
export async function startS3(): Promise<S3Stub> {
  const stub: S3Stub = {
    endpoint: "",
    object: undefined,
    fate: "give",
    gate: undefined,
    requests: [],
    reset() {
      Object.assign(stub, { object: undefined, fate: "give", gate: undefined, requests: [] });
    },
  };

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { url = "", method, headers } = incoming;
    const ifNoneMatch = headers["if-none-match"];
    const request = { path: url.split("?")[0] as string, ifNoneMatch, status: 0 };
    stub.requests.push(request);
    const { object, fate } = stub;
    await stub.gate;
    if (fate === "hang") return;
    const send = (status: number, head: Record<string, string> = {}, body = "") => {
      request.status = status;
      outgoing.writeHead(status, head).end(body);
    };
    const error = (status: number, code: string) =>
      send(
        status,
        { "Content-Type": "application/xml" },
        `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} of arn:aws:iam::123456789012:role/secret</Message></Error>`,
      );
    if (method === "PUT" && ERRORS[fate] === undefined) {
      let text = "";
      for await (const chunk of incoming.setEncoding("utf8")) text += chunk;
      const { "if-match": ifMatch } = headers;
      const held = stub.object === undefined ? undefined : etagOf(stub.object);
      const isOther = ifMatch !== held;
      if (isOther) return error(412, "PreconditionFailed");
      stub.object = text;
      return send(200, { ETag: etagOf(text) });
    }
    const failure = ERRORS[fate] ?? (object === undefined ? ERRORS.missing : undefined);
    if (method !== "GET" && method !== "PUT") return error(405, "MethodNotAllowed");
    if (failure) return error(...failure);
    const text = object as string;
    const ETag = etagOf(text);
    if (ifNoneMatch === ETag) return send(304, { ETag });
    const head = { ETag, "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(text)) };
    if (fate === "give") return send(200, head, text);
    request.status = 200;
    outgoing.writeHead(200, head).write(text.slice(0, text.length / 2));
    if (fate === "cut off") setImmediate(() => outgoing.destroy());
  };

  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  atFileEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  stub.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return stub;
}
