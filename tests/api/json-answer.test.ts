import { randomBytes } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { Hono } from "hono";
import { expect, it } from "vitest";
import { jsonAnswer } from "../../src/api/json-answer.ts";
import { AppError } from "../../src/model/errors.ts";

const MB = 1024 * 1024;
/** @returns the status, or the code of a refusal, and the bytes as they are sent */
async function answer(value: unknown, encoding?: string) {
  const app = new Hono();
  app.get("/", (context) => jsonAnswer(context, value));
  app.onError((error, context) => context.text(error instanceof AppError ? error.code : "unknown", 413));
  const response = await app.request("/", { headers: encoding === undefined ? {} : { "Accept-Encoding": encoding } });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

it.each([
  ["small", { a: 1 }, "gzip", null],
  ["of 1,023 bytes", { a: "x".repeat(1_023 - '{"a":""}'.length) }, "gzip", null],
  ["of 1,024 bytes", { a: "x".repeat(1_024 - '{"a":""}'.length) }, "gzip", "gzip"],
  ["large, for who takes gzip", { a: "x".repeat(MB) }, "br, gzip;q=0.5", "gzip"],
  ["large, for who does not", { a: "x".repeat(MB) }, "br", null],
  ["large, for who refuses gzip", { a: "x".repeat(MB) }, "gzip;q=0, *;q=0", null],
  ["larger than a Lambda could hand over as text", { a: '"'.repeat(4 * MB) }, "gzip", "gzip"],
])("An answer that is %s", async (_, value, accepted, encoding) => {
  const { status, headers, bytes } = await answer(value, accepted);
  expect([status, headers.get("content-encoding")]).toEqual([200, encoding]);
  expect(headers.get("content-type")).toBe("application/json");
  expect(JSON.parse((encoding === null ? bytes : gunzipSync(bytes)).toString())).toEqual(value);
});

/** What a Lambda may answer, less what stands around the body. */
const MOST = 6 * MB - 64 * 1024;
const AROUND = `{"a":""}`;
/** What it comes to in a Lambda's answer: a text in quotation marks, in which its own count twice. */
const carried = JSON.stringify(AROUND).length;

it.each([
  ["ASCII", "x", 1],
  ["quotation marks, which count four times", '"', 4],
  ["letters of three bytes", "語", 3],
  ["letters of four bytes", "😀", 4],
])("An answer of %s may be as large as a Lambda hands over, and not one letter larger", async (_, letter, weight) => {
  const letters = Math.floor((MOST - carried) / weight);
  const text = letter.repeat(letters) + "x".repeat(MOST - carried - letters * weight);
  expect((await answer({ a: text }, "identity")).status).toBe(200);
  expect((await answer({ a: `${text}x` }, "identity")).bytes.toString()).toBe("PAYLOAD_TOO_LARGE");
});

it.each([
  ["too large as text", { a: "x".repeat(6 * MB) }, undefined],
  ["too large in a Lambda's answer, where quotation marks count twice", { a: '"'.repeat(2 * MB) }, undefined],
  ["too large even with gzip", { a: randomBytes(6 * MB).toString("base64") }, "gzip"],
])("An answer that is %s is refused", async (_, value, accepted) => {
  const { status, bytes } = await answer(value, accepted);
  expect([status, bytes.toString()]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
});
