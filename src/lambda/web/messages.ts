import { Headers } from "./headers.ts";

type Body = string | Uint8Array;
type HeadersSource = ConstructorParameters<typeof Headers>[0];

const METHOD = /^[!#$%&'*+\-.^_`|~\w]+$/;
const REFUSED_METHODS = ["CONNECT", "TRACE", "TRACK"];
/** A method of these may be written in any case; others are as they are written. */
const UPPERCASED = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
const WITHOUT_BODY = ["GET", "HEAD"];
const STATUSES_WITHOUT_BODY = [204, 205, 304];
const TEXT = "text/plain;charset=UTF-8";

class Message {
  readonly headers: Headers;
  readonly #body: Body | null;

  constructor(body: Body | null | undefined, headers: HeadersSource) {
    this.headers = new Headers(headers);
    this.#body = body ?? null;
    if (typeof body === "string" && !this.headers.has("content-type")) this.headers.set("content-type", TEXT);
  }

  /** All of it at once; another message can be made from it. */
  get body(): Body | null {
    return this.#body;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return new Uint8Array(this.#bytes()).buffer;
  }

  async text(): Promise<string> {
    const body = this.#body;
    return typeof body === "string" && isAsDecoded(body) ? body : new TextDecoder().decode(this.#bytes());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  #bytes(): Uint8Array {
    const body = this.#body ?? "";
    return typeof body === "string" ? new TextEncoder().encode(body) : body;
  }
}

/** Whether a text would come back as it is from bytes: no half of a surrogate pair, no mark of the byte order. */
const isAsDecoded = (text: string): boolean => text.isWellFormed() && !text.startsWith("\ufeff");

/**
 * What `Request` of the Fetch standard is, as far as a function needs it: it refuses what that refuses, with a TypeError, and
 * makes the same of an address.
 */
export class Request extends Message {
  readonly url: string;
  readonly method: string;

  constructor(input: string, { method = "GET", headers, body }: RequestOptions = {}) {
    const url = new URL(input);
    const upper = method.toUpperCase();
    if (url.username !== "" || url.password !== "") throw new TypeError("An address must not carry credentials");
    if (!METHOD.test(method) || REFUSED_METHODS.includes(upper)) throw new TypeError("The method is not valid");
    if (body !== undefined && WITHOUT_BODY.includes(upper)) throw new TypeError("A request of this method has no body");
    super(body, headers);
    this.url = url.href;
    this.method = UPPERCASED.includes(upper) ? upper : method;
  }
}
type RequestOptions = { method?: string; headers?: HeadersSource; body?: Body };

/** What `Response` of the Fetch standard is, as far as a function needs it. */
export class Response extends Message {
  readonly status: number;
  readonly statusText: string;

  constructor(body?: Body | null, { status = 200, statusText = "", headers }: ResponseOptions = {}) {
    if (!Number.isInteger(status) || status < 200 || status > 599) throw new RangeError("The status is not valid");
    if (body !== null && body !== undefined && STATUSES_WITHOUT_BODY.includes(status))
      throw new TypeError("An answer of this status has no body");
    super(body, headers);
    this.status = status;
    this.statusText = statusText;
  }

  get ok(): boolean {
    return this.status < 300;
  }
}
type ResponseOptions = { status?: number | undefined; statusText?: string; headers?: HeadersSource };
