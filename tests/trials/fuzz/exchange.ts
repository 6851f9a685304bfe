import { connect } from "node:net";
import { setImmediate as breathe } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { carriedBytes } from "../../../src/service/read/answer-size.ts";

/** How a client behaves when all its bytes are out. */
export type Ending =
  /** It sent whole requests, and waits until each is answered, or the service closes. */
  | "wait"
  /** It cannot say where its requests end, and so waits a little only. */
  | "listen"
  /** It is gone before any answer. */
  | "leave";

/** Bytes on one connection, as they go out. */
export type Exchange = { parts: Buffer[]; ending: Ending /** Of the requests in it, in order. */; methods: string[] };

export type RawAnswer = {
  status: number;
  headers: Map<string, string>;
  body: string;
  /** What the body comes to in a Lambda's answer: a text within JSON, or what is compressed, as base64. */
  bytes: number;
};

export type Outcome = {
  answers: RawAnswer[];
  /** What came back, and is no HTTP. */
  rest: string;
  how: "answered" | "closed" | "quiet" | "left" | "hung";
  /** From the first byte that went out to the last that came back. */
  ms: number;
};

const HANG_MS = 120_000;
/** How long a client listens that cannot tell whether there will be an answer. */
const QUIET_MS = 100;

/** Sends bytes as they are, and takes down what comes back. */
export function exchangeWith(port: number, { parts, ending, methods }: Exchange): Promise<Outcome> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1").setNoDelay();
    let received = Buffer.alloc(0);
    let quiet: NodeJS.Timeout | undefined;
    let began = performance.now();
    let ended = began;
    const finish = (how: Outcome["how"]) => {
      clearTimeout(quiet);
      clearTimeout(late);
      socket.destroy();
      done({ ...parseAnswers(received, methods), how, ms: ended - began });
    };
    const late = setTimeout(() => finish(ending === "wait" ? "hung" : "quiet"), HANG_MS);
    const listen = () => {
      clearTimeout(quiet);
      quiet = setTimeout(() => finish("quiet"), QUIET_MS);
    };
    socket.on("data", (chunk) => {
      ended = performance.now();
      received = Buffer.concat([received, chunk]);
      if (ending === "listen") listen();
      else if (ending === "wait" && parseAnswers(received, methods).answers.length >= methods.length)
        finish("answered");
    });
    socket.on("error", () => finish("closed")).on("close", () => finish("closed"));
    socket.on("connect", async () => {
      began = performance.now();
      ended = began;
      for (const part of parts) {
        if (socket.destroyed) return;
        socket.write(part);
        await breathe();
      }
      if (ending === "leave") finish("left");
      if (ending === "listen") listen();
    });
  });
}

/** The answers in bytes, as far as they are whole. */
export function parseAnswers(bytes: Buffer, methods: readonly string[]): { answers: RawAnswer[]; rest: string } {
  const answers: RawAnswer[] = [];
  let text = bytes.toString("latin1");
  for (;;) {
    const end = text.indexOf("\r\n\r\n");
    const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(text) ?? [];
    if (end < 0 || status === undefined) return { answers, rest: text };
    const headers = new Map(
      text
        .slice(0, end)
        .split("\r\n")
        .slice(1)
        .map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    );
    const method = methods[answers.length];
    const hasBody = method !== "HEAD" && !["204", "304"].includes(status) && !status.startsWith("1");
    const body = hasBody ? bodyIn(text.slice(end + 4), headers) : { body: "", length: 0 };
    if (body === undefined) return { answers, rest: text };
    text = text.slice(end + 4 + body.length);
    // "100 Continue" answers nothing yet.
    if (!status.startsWith("1"))
      answers.push({ status: Number(status), headers, ...unpacked(Buffer.from(body.body, "latin1"), headers) });
  }
}

function unpacked(bytes: Buffer, headers: Map<string, string>): { body: string; bytes: number } {
  if (headers.get("content-encoding") === "gzip" && bytes.length > 0)
    return { body: gunzipSync(bytes).toString("utf8"), bytes: carriedBytes(bytes) };
  const body = bytes.toString("utf8");
  return { body, bytes: carriedBytes(body) };
}

function bodyIn(text: string, headers: Map<string, string>): { body: string; length: number } | undefined {
  if (headers.get("transfer-encoding") === "chunked") {
    let body = "";
    for (let at = 0; ; ) {
      const line = text.indexOf("\r\n", at);
      const size = Number.parseInt(text.slice(at, line), 16);
      if (line < 0 || text.length < line + 2 + size + 2) return undefined;
      body += text.slice(line + 2, line + 2 + size);
      at = line + 2 + size + 2;
      if (size === 0) return { body, length: at };
    }
  }
  const length = Number(headers.get("content-length") ?? 0);
  return text.length < length ? undefined : { body: text.slice(0, length), length };
}
