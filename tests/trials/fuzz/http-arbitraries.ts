import fc from "fast-check";
import { PLANTED } from "../../support/oracles/leaks.ts";
import type { Exchange } from "./exchange.ts";
import { authorization, contentType, type Header, oddHeaders, type Tokens } from "./header-arbitraries.ts";
import { anyBody } from "./json-arbitraries.ts";
import { target } from "./target-arbitraries.ts";

type RequestParts = {
  method: string;
  target: string;
  version: string;
  headers: Header[];
  body: Buffer;
  framing: Framing;
};
/** `length`, `chunks`: as HTTP has it. All others are not, so that nobody can say where the request ends. */
type Framing = "length" | "chunks" | "too long" | "too short" | "twice" | "both" | "coding" | "bad chunk" | "none";

const METHODS = ["POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "QUERY", "M-SEARCH"];
const NO_METHODS = ["get", "G ET", "", "GÉT", "\0", "X".repeat(200), "CONNECT", "PRI", "HTTP/1.1"];

const usually = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>, weight = 12) =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd });

function aRequest(port: number, tokens: Tokens): fc.Arbitrary<RequestParts> {
  const bodyToken = fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constantFrom<string | undefined>(...tokens.good) },
    { weight: 1, arbitrary: fc.constantFrom<string | undefined>(...tokens.bad, "", "a.b.c", PLANTED) },
  );
  const odds = fc.record({
    method: usually(fc.constantFrom(...METHODS), fc.constantFrom(...NO_METHODS)),
    target,
    version: usually(
      fc.constantFrom("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0"),
      fc.constantFrom("HTTP/0.9", "HTTP/2.0", "http/1.1", "", "HTTP/1.1 "),
    ),
    framing: fc.constantFrom<Framing>(
      "none",
      "none",
      "length",
      "chunks",
      "too long",
      "too short",
      "twice",
      "both",
      "coding",
      "bad chunk",
    ),
  });
  const sending = fc.record({
    method: fc.constant("POST"),
    target: fc.constant("/events/track"),
    version: fc.constant("HTTP/1.1"),
    framing: usually(
      fc.constantFrom<Framing>("length", "length", "chunks"),
      odds.map(({ framing }) => framing),
      8,
    ),
  });
  const reading = fc.record({
    method: fc.constantFrom("GET", "GET", "GET", "HEAD", "OPTIONS"),
    target,
    version: fc.constant("HTTP/1.1"),
    framing: fc.constant<Framing>("none"),
  });
  return fc
    .record({
      start: fc.oneof(
        { weight: 8, arbitrary: sending },
        { weight: 4, arbitrary: reading },
        { weight: 2, arbitrary: odds },
      ),
      body: anyBody(bodyToken),
      host: usually(
        fc.constant<Header[]>([["Host", `127.0.0.1:${port}`]]),
        fc.constantFrom<Header[]>(
          [],
          [["Host", ""]],
          [["Host", "a b@["]],
          [["Host", "localhost/x?y#z"]],
          [["Host", "\xff"]],
        ),
        30,
      ),
      type: contentType,
      authorization: authorization(tokens),
      odd: oddHeaders,
    })
    .map(({ start, body, host, type, authorization: who, odd }) => ({
      ...start,
      body: start.framing === "none" ? Buffer.alloc(0) : body,
      headers: [...host, ...type, ...who, ...odd],
    }));
}

const isWhole = ({ framing, headers }: RequestParts) =>
  ["length", "chunks", "none"].includes(framing) && !headers.some(([name]) => name === "");

function bytesOfRequest({ method, target: path, version, headers, body, framing }: RequestParts): Buffer {
  const length = (value: number | string): Header => ["Content-Length", String(value)];
  const chunked: Header = ["Transfer-Encoding", "chunked"];
  const framed: Record<Framing, Header[]> = {
    length: [length(body.length)],
    chunks: [chunked],
    "too long": [length(body.length + 10)],
    "too short": [length(Math.max(0, body.length - 5))],
    twice: [length(body.length), length(body.length + 1)],
    both: [length(body.length), chunked],
    coding: [["Transfer-Encoding", "gzip, chunked, identity"]],
    "bad chunk": [chunked],
    none: [],
  };
  const lines = [
    `${method} ${path} ${version}`,
    ...[...headers, ...framed[framing]].map(([name, value]) => `${name}: ${value}`),
  ];
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  if (framing === "bad chunk") return Buffer.concat([head, Buffer.from("zz;x=\r\n"), body]);
  if (framing !== "chunks") return Buffer.concat([head, body]);
  const middle = body.length >> 1;
  const chunks = [body.subarray(0, middle), body.subarray(middle)].filter(({ length: size }) => size > 0);
  return Buffer.concat([
    head,
    ...chunks.flatMap((chunk) => [Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]),
    Buffer.from("0\r\n\r\n"),
  ]);
}

/**
 * Node puts "100 Continue" between head and body of an answer that is ready before the one in front of it; that is
 * nobody's to mend here.
 */
const withoutExpectation = ({ headers, ...request }: RequestParts): RequestParts => ({
  ...request,
  headers: headers.filter(([name]) => name !== "Expect"),
});

/** Bytes on a connection: one request or several behind each other, in one piece or many, whole or broken off. */
export function anyExchange(port: number, tokens: Tokens): fc.Arbitrary<Exchange> {
  const request = aRequest(port, tokens);
  return fc
    .record({
      requests: fc.oneof(
        { weight: 8, arbitrary: request.map((one) => [one]) },
        {
          weight: 1,
          arbitrary: fc.array(request, { minLength: 2, maxLength: 5 }).map((some) => some.map(withoutExpectation)),
        },
      ),
      pieces: fc.oneof(
        { weight: 3, arbitrary: fc.constant(1) },
        { weight: 1, arbitrary: fc.integer({ min: 2, max: 6 }) },
      ),
      cut: fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat() }),
      leaves: fc.oneof({ weight: 12, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    })
    .map(({ requests, pieces, cut, leaves }): Exchange => {
      const whole = Buffer.concat(requests.map(bytesOfRequest));
      const bytes = cut === undefined ? whole : whole.subarray(0, cut % whole.length);
      const size = Math.max(1, Math.ceil(bytes.length / pieces));
      const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      const isSound = cut === undefined && requests.every(isWhole);
      const staying = isSound ? "wait" : "listen";
      return {
        parts,
        ending: leaves ? "leave" : staying,
        methods: requests.map(({ method }) => method),
      };
    });
}
