import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

// Speaks as much of S3 as `src/aws/bucket.ts` needs, with what S3 promises: reads of what was last written, conditions on
// writes, uploads in parts of which none but the last may be small. What it does not know, it refuses.

type Kept = { body: Buffer; etag: string };
export type BucketStub = {
  endpoint: string;
  objects: Map<string, Kept>;
  /** What came, such as `PUT backfill/run/plan.json`. */
  requests: string[];
  /** Refuses what it is asked to refuse, as an outage would: before it is done, or with the answer lost after it. */
  fails: (request: string) => "before" | "after" | undefined;
  /** The same objects at another address, of which the requests are told apart. */
  beside(): Promise<BucketStub>;
  close(): Promise<void>;
};

export const MIN_PART = 5 * 1024 * 1024;
const MAX_PART = 10_000;
/** S3 gives 1,000; fewer here, so that a second page is asked for. */
export const KEYS_PER_PAGE = 50;

const etagOf = (body: Buffer) => `"${createHash("md5").update(body).digest("hex")}"`;
const xml = (text: string) => text.replace(/[<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`);

class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

type Request = {
  method: string;
  key: string;
  query: URLSearchParams;
  body: Buffer;
  headers: IncomingMessage["headers"];
};
type Answer = { status?: number; headers?: Record<string, string>; body?: string | Buffer };

class Objects {
  readonly objects = new Map<string, Kept>();
  readonly #uploads = new Map<string, Map<number, Kept>>();

  answer(request: Request): Answer {
    const { method, query } = request;
    if (query.has("uploads") && method === "POST") return this.#begin();
    if (query.has("delete") && method === "POST") return this.#deleteAll(request);
    if (query.has("uploadId")) return this.#uploaded(request);
    if (query.get("list-type") === "2" && method === "GET") return this.#list(request);
    if (method === "GET") return this.#get(request);
    if (method === "PUT") return this.#put(request);
    throw new Refused(501, "NotImplemented");
  }

  #get({ key, headers }: Request): Answer {
    const found = this.objects.get(key);
    if (found === undefined) throw new Refused(404, "NoSuchKey");
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
    if (from !== undefined) return partOf(found, Number(from), Number(to));
    return { body: found.body, headers: { ETag: found.etag } };
  }

  #put({ key, body, headers }: Request): Answer {
    const found = this.objects.get(key);
    if (headers["if-none-match"] === "*" && found) throw new Refused(412, "PreconditionFailed");
    const match = headers["if-match"];
    if (match !== undefined && found === undefined) throw new Refused(404, "NoSuchKey");
    if (match !== undefined && found?.etag !== match) throw new Refused(412, "PreconditionFailed");
    const ETag = etagOf(body);
    this.objects.set(key, { body, etag: ETag });
    return { headers: { ETag } };
  }

  #list({ query }: Request): Answer {
    const after = query.get("continuation-token") ?? "";
    const keys = [...this.objects.keys()]
      .filter((key) => key.startsWith(query.get("prefix") ?? "") && key > after)
      .sort();
    const page = keys.slice(0, KEYS_PER_PAGE);
    const contents = page.map((key) => {
      const { etag, body } = this.objects.get(key) as Kept;
      return `<Contents><Key>${xml(key)}</Key><ETag>${etag}</ETag><Size>${body.length}</Size></Contents>`;
    });
    const more =
      keys.length > page.length ? `<NextContinuationToken>${xml(page.at(-1) ?? "")}</NextContinuationToken>` : "";
    return { body: `<ListBucketResult>${contents.join("")}${more}</ListBucketResult>` };
  }

  #deleteAll({ body }: Request): Answer {
    for (const [, key = ""] of body.toString().matchAll(/<Key>(.*?)<\/Key>/g)) this.objects.delete(key);
    return { body: "<DeleteResult></DeleteResult>" };
  }

  #begin(): Answer {
    const id = randomUUID();
    this.#uploads.set(id, new Map());
    return { body: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>` };
  }

  #uploaded({ method, key, query, body }: Request): Answer {
    const id = query.get("uploadId") ?? "";
    const parts = this.#uploads.get(id);
    if (parts === undefined) throw new Refused(404, "NoSuchUpload");
    if (method === "PUT") {
      const number = Number(query.get("partNumber"));
      if (!(number >= 1 && number <= MAX_PART)) throw new Refused(400, "InvalidArgument");
      const ETag = etagOf(body);
      parts.set(number, { body, etag: ETag });
      return { headers: { ETag } };
    }
    if (method !== "POST") throw new Refused(501, "NotImplemented");
    this.#uploads.delete(id);
    const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) => Number(number));
    const bodies = named.map((number) => parts.get(number)?.body);
    if (bodies.some((part) => part === undefined)) throw new Refused(400, "InvalidPart");
    if (bodies.slice(0, -1).some((part) => (part?.length ?? 0) < MIN_PART)) throw new Refused(400, "EntityTooSmall");
    const whole = Buffer.concat(bodies as Buffer[]);
    this.objects.set(key, { body: whole, etag: etagOf(whole) });
    return { body: `<CompleteMultipartUploadResult><ETag>${etagOf(whole)}</ETag></CompleteMultipartUploadResult>` };
  }
}

function partOf({ body, etag }: Kept, from: number, to: number): Answer {
  if (from >= body.length || from > to) throw new Refused(416, "InvalidRange");
  const part = body.subarray(from, to + 1);
  const range = `bytes ${from}-${from + part.length - 1}/${body.length}`;
  return { status: 206, body: part, headers: { ETag: etag, "Content-Range": range } };
}

/** A bucket `runs` of a test's own, until it is closed. An object of another bucket begins with `/` and that one's name. */
export const startBucket = (): Promise<BucketStub> => serve(new Objects());

async function serve(kept: Objects): Promise<BucketStub> {
  const stub: BucketStub = {
    endpoint: "",
    objects: kept.objects,
    requests: [],
    fails: () => undefined,
    beside: () => serve(kept),
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };

  const respond = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { pathname, searchParams: query } = new URL(incoming.url ?? "", "http://localhost");
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const method = incoming.method ?? "";
    const key = decodeURIComponent(pathname.replace(/^\/runs\/?/, ""));
    const name = `${method} ${key || `?${query.get("prefix") ?? "delete"}`}`;
    stub.requests.push(name);
    const fate = stub.fails(name);
    try {
      if (fate === "before") throw new Refused(503, "SlowDown");
      const answer = kept.answer({ method, key, query, body: Buffer.concat(chunks), headers: incoming.headers });
      if (fate === "after") throw new Refused(503, "SlowDown");
      outgoing.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      outgoing
        .writeHead(error.status, { "Content-Type": "application/xml" })
        .end(`<?xml version="1.0"?><Error><Code>${error.code}</Code><Message>${error.code}</Message></Error>`);
    }
  };
  const server = createServer((incoming, outgoing) => void respond(incoming, outgoing));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  stub.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return stub;
}
