import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { LocalDynamoDb } from "../../src/local/for-programs.ts";
import { startGuardedDynamoDbLocal } from "../../src/local/guarded-dynamodb-local.ts";
import { startLocalDynamoDb } from "../../src/local/local-dynamodb.ts";
import { openDynamoStore } from "../../src/store/dynamodb/open.ts";

const hasJava = inject("dynamoDbLocal") !== undefined;

describe.each([
  ["dynalite", startLocalDynamoDb, true],
  ["DynamoDB Local", startGuardedDynamoDbLocal, hasJava],
] as const)("%s", (_, start, isHere) => {
  describe.runIf(isHere)("behind its guard", () => guardTests(start));
});

function guardTests(start: () => Promise<LocalDynamoDb | undefined>): void {
  let local: LocalDynamoDb;
  beforeAll(async () => {
    local = (await start()) as LocalDynamoDb;
  });
  afterAll(() => local.close());

  /** Not `fetch`, which lets nobody say a host or an origin. */
  const ask = (headers: Record<string, string>) =>
    new Promise<{ status: number | undefined; cors: string | undefined }>((done, failed) => {
      request(local.endpoint, { headers }, (answer) => {
        answer.resume();
        done({ status: answer.statusCode, cors: answer.headers["access-control-allow-origin"] });
      })
        .once("error", failed)
        .end();
    });

  it("is a store for the programs of this machine", async () => {
    const opened = openDynamoStore({ endpoint: local.endpoint, region: "us-east-1" }, "local");
    await opened.prepare();
    const { store } = opened.connect("page");
    await store.addFacts("ada", { type: "module", slug: "strings" }, { startedAt: "2026-01-18T10:00:00.000Z" });
    expect((await store.read("ada")).progress.module.size).toBe(1);
    await opened.close();
  });

  it.each([
    ["a page", { Origin: "https://evil.example" }],
    ["a page of no origin", { Origin: "null" }],
    ["a page of this machine", { Origin: "http://127.0.0.1:8787" }],
    ["a page that asks as if for a picture", { "Sec-Fetch-Site": "cross-site" }],
    ["a page whose name leads to this machine", { Host: "evil.example" }],
  ])("refuses %s", async (_, headers) => expect(await ask(headers)).toEqual({ status: 403, cors: undefined }));

  it("answers who asks as a program does", async () => expect((await ask({})).status).not.toBe(403));
}
