import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import type { Headers } from "./headers.ts";
import { Response } from "./messages.ts";

type Options = { method: string; headers: Headers; signal: AbortSignal };

/**
 * What `fetch` of the Fetch standard is, as far as somebody needs it who asks an issuer for its keys: it follows no
 * redirection, and reads all of the answer.
 */
export function fetch(address: string, { method, headers, signal }: Options): Promise<Response> {
  const request = address.startsWith("https:") ? overHttps : overHttp;
  return new Promise((done, failed) => {
    const asked = request(address, { method, headers: Object.fromEntries(headers), signal }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.once("error", failed);
      answer.once("end", () => {
        const body = chunks.length > 0 ? Buffer.concat(chunks) : null;
        done(new Response(body, { status: answer.statusCode }));
      });
    });
    asked.once("error", failed);
    asked.end();
  });
}
