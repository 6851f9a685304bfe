import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient } from "../../src/store/dynamodb/client.ts";
import { createMissingTables } from "../../src/store/dynamodb/provision.ts";
import { tableNames } from "../../src/store/dynamodb/tables.ts";
import { ALL_SCOPES, createIssuer, type Issuer } from "../support/builders/tokens.ts";
import {
  buildIn,
  type HttpResult,
  type Lambda,
  nodeOnPath,
  startLambda as startBundle,
  textOf,
} from "../support/processes/lambda.ts";
import {
  completedModule,
  eventually,
  type Json,
  request,
  run,
  type Service,
  startService,
  temporaryFolder,
} from "../support/processes/service.ts";
import { startDynalite } from "../support/processes/stores.ts";
import { contentDir } from "./content.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
const EVENTS = join(import.meta.dirname, "events");

const CONTENT_DIR = contentDir();
let bundle: string;
let issuer: Issuer;
let authorization: string;
let dynalite: { endpoint: string; server: Server };

beforeAll(async () => {
  bundle = join(buildIn(CONTENT_DIR), "lambda/index.mjs");
  dynalite = await startDynalite();
  issuer = await createIssuer();
  authorization = `Bearer ${await issuer.mint({ scope: ALL_SCOPES })}`;
});
afterAll(() => {
  dynalite?.server.closeAllConnections();
  dynalite?.server.close();
});

/** A Lambda that answers HTTP, in the name of a server that may do everything. */
async function startLambda(node: string, variables: Record<string, string>): Promise<Lambda<HttpResult>> {
  const lambda = await startBundle(node, bundle, { ...issuer.variables, ...variables });
  return {
    ...lambda,
    invoke: (event) =>
      lambda.invoke({ ...event, headers: { authorization, ...(event as { headers?: object }).headers } }),
  };
}

const recorded = readdirSync(EVENTS)
  .sort()
  .map((file): [string, APIGatewayProxyEventV2] => [
    file.replace(/\.json$/, ""),
    JSON.parse(readFileSync(join(EVENTS, file), "utf8")),
  ]);
const recordedEvent = (name: string) => recorded.find(([file]) => file.includes(name))?.[1] as APIGatewayProxyEventV2;

/** The same request over HTTP. */
const overHttp = (
  url: string,
  { requestContext, rawPath, rawQueryString, headers, body, isBase64Encoded }: APIGatewayProxyEventV2,
) => {
  const type = headers["content-type"];
  return request(url, `${rawPath}${rawQueryString && `?${rawQueryString}`}`, {
    method: requestContext.http.method,
    ...(type && { headers: { "Content-Type": type } }),
    ...(body !== undefined && { body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8") }),
  });
};

/** Without what depends on the moment. */
const timeless = (value: Json): Json =>
  JSON.parse(JSON.stringify(value), (key, inner) => (key === "recorded_at" && inner !== null ? "then" : inner));

/** The oldest Node that the bundle may run on. What it makes of variables is the same on each. */
const OLDEST = 20;
const UNUSABLE: [string, Record<string, string>, RegExp][] = [
  ["STORE=embedded", { STORE: "embedded" }, /STORE: a Lambda has no disk/],
  ["no STORE at all", {}, /STORE: a Lambda has no disk/],
  [
    "no issuer",
    { STORE: "aws", AUTH_ISSUER: "", AUTH_AUDIENCE: "", AUTH_JWKS: "" },
    /AUTH_ISSUER, AUTH_JWKS, and AUTH_AUDIENCE or AUTH_CLIENT_IDS: without them anyone could send/,
  ],
  ["an issuer without an audience", { STORE: "aws", AUTH_AUDIENCE: "" }, /AUTH_AUDIENCE: Expected beside/],
  ["keys that are not there", { STORE: "aws", AUTH_JWKS: "no-such-file" }, /AUTH_JWKS="no-such-file": No JSON Web/],
  ["keys over plain HTTP", { STORE: "aws", AUTH_JWKS: "http://login.example.com/jwks" }, /AUTH_JWKS=.*https:/],
  [
    "several variables that cannot be used",
    { STORE: "ftp://x", LOG_LEVEL: "loud" },
    /STORE="ftp:\/\/x".*LOG_LEVEL="loud"/s,
  ],
];

/** Node's HTTP client behind `fetch`, which would be a quarter of a start, and what else none needs that starts. */
const NOT_AT_START = /undici|webstreams|http2|zlib/;

it("The bundle starts without the parts of Node that take longest to load", () => {
  const program = "await import(process.env.BUNDLE); console.log(process.moduleLoadList.join()); process.exit();";
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
    env: { BUNDLE: bundle, STORE: dynalite.endpoint, AWS_REGION: "eu-central-1", ...issuer.variables },
  });
  expect(stderr).toBe("");
  const loaded = stdout.split(",");
  expect(loaded).toContain("NativeModule https");
  expect(loaded.filter((name) => NOT_AT_START.test(name))).toEqual([]);
});

describe.each([24, OLDEST])("On Node %i", (major) => {
  const node = nodeOnPath(major);

  describe.skipIf(node === undefined)("the Lambda's bundle", () => {
    const TABLE_PREFIX = `lambda-${major}`;
    let lambda: Lambda<HttpResult>;
    let service: Service;
    beforeAll(async () => {
      const client = createClient({ endpoint: dynalite.endpoint, region: "eu-central-1" });
      await createMissingTables(client, tableNames(TABLE_PREFIX));
      client.destroy();
      lambda = await startLambda(node as string, { STORE: dynalite.endpoint, TABLE_PREFIX });
      service = await startService({ CONTENT_DIR, STORE: dynalite.endpoint, TABLE_PREFIX: `http-${major}` });
    });
    afterAll(() => void lambda?.process.kill());

    it.each(recorded)("answers as over HTTP: %s", async (_, event) => {
      const [result, answer] = [await lambda.invoke(event), await overHttp(service.url, event)];
      expect(result.statusCode).toBe(answer.status);
      for (const name of ["content-type", "allow", "etag", "retry-after", "vary"])
        expect([name, result.headers[name] ?? null]).toEqual([name, answer.headers.get(name)]);
      if (answer.body === undefined) expect(textOf(result)).toBe(answer.text);
      else expect(timeless(JSON.parse(textOf(result)))).toEqual(timeless(answer.body));
    });

    it("took the events in the recordings", async () => {
      const progress = await lambda.invoke(recordedEvent("function-url-encoded-path"));
      expect(JSON.parse(textOf(progress))).toMatchObject({
        learner_id: "ada@example.com",
        pathways: { "full-stack": { completed: true, completed_at: "2026-01-18T10:15:00.000Z" } },
        courses: { ruby: { completed: true, enrollment_source: "Übersicht 😀" } },
      });
      const other = await lambda.invoke(recordedEvent("function-url-encoded-slash"));
      expect(JSON.parse(textOf(other))).toMatchObject({
        learner_id: "a/b c#d",
        modules: { strings: { status: "completed" } },
      });
      const list = await lambda.invoke(recordedEvent("http-api-query"));
      expect(JSON.parse(textOf(list)).completions).toMatchObject([{ learner_id: "ada@example.com" }]);
    });

    it("counts what happens, in CloudWatch's embedded format", async () => {
      const own = await startLambda(node as string, { STORE: dynalite.endpoint, TABLE_PREFIX });
      const claim = { eventName: "learning_course_completed", contactIdentifier: { contactId: "metrics" } };
      const events = [
        completedModule("metrics", "strings"),
        { ...claim, payload: { course_slug: "ruby", ts: "2026-01-18T09:00:00Z" } },
        completedModule("metrics", "arrays"),
      ];
      const event = recordedEvent("http-api-module-completed");
      await own.invoke({ ...event, body: JSON.stringify({ events }), isBase64Encoded: false });
      const lines = await eventually(() => {
        const found = own
          .output()
          .split("\n")
          .filter((line) => line.includes("CloudWatchMetrics"));
        expect(found).toHaveLength(1);
        return found.map((line) => JSON.parse(line));
      });
      expect(lines[0]).toMatchObject({
        _aws: { CloudWatchMetrics: [{ Namespace: "Waymark", Dimensions: [["service"]] }] },
        service: TABLE_PREFIX,
        Requests: 1,
        RequestFailures: 0,
        Latency: expect.any(Number),
        Events: 3,
        EventsRefused: 1,
        Claims: 1,
        ClaimsRefused: 1,
        Completions: 1,
        StoreFailures: 0,
        ReadUnits: expect.any(Number),
        WriteUnits: expect.any(Number),
      });
      expect(lines[0].ReadUnits).toBeGreaterThan(0);
      expect(lines[0].WriteUnits).toBeGreaterThan(2);
      own.process.kill();
    });

    it("answers whoever has the catalog with 304", async () => {
      const event = recordedEvent("function-url-catalog");
      const first = await lambda.invoke(event);
      const again = await lambda.invoke({
        ...event,
        headers: { ...event.headers, "if-none-match": first.headers.etag },
      });
      expect(again).toMatchObject({ statusCode: 304, body: "" });
    });

    it.each([
      ["256 KB", 256 * 1024, 200],
      ["one byte more", 256 * 1024 + 1, 413],
    ])("takes a body of %s with %i bytes, plain and base64, with %i", async (_, size, status) => {
      const bare = { ...completedModule("big", "strings"), filler: "" };
      const text = JSON.stringify({ ...bare, filler: "x".repeat(size - JSON.stringify(bare).length) });
      const event = recordedEvent("http-api-module-started");
      for (const isBase64Encoded of [false, true]) {
        const body = isBase64Encoded ? Buffer.from(text).toString("base64") : text;
        expect(await lambda.invoke({ ...event, body, isBase64Encoded })).toMatchObject({ statusCode: status });
      }
    });

    it("answers an export compressed, as API Gateway takes bytes", async () => {
      await lambda.invoke(recordedEvent("http-api-module-completed"));
      const event = recordedEvent("function-url-encoded-path");
      const rawPath = event.rawPath.replace(/progress$/, "export");
      const plain = await lambda.invoke({ ...event, rawPath });
      const headers = { ...event.headers, "accept-encoding": "gzip, br" };
      const { body, ...result } = await lambda.invoke({ ...event, rawPath, headers });
      expect(result).toMatchObject({ statusCode: 200, isBase64Encoded: true, headers: { "content-encoding": "gzip" } });
      const timeless = (text: string) => ({ ...JSON.parse(text), exported_at: "then" });
      const unpacked = timeless(gunzipSync(Buffer.from(body, "base64")).toString());
      expect(unpacked).toEqual(timeless(plain.body));
      expect(unpacked.progress.length).toBeGreaterThan(0);
    });

    it("answers a batch with gzip, as API Gateway takes bytes, and as text to who does not take that", async () => {
      const event = recordedEvent("http-api-module-completed");
      const events = Array.from({ length: 100 }, (_, index) => completedModule(`zip-${index}`, "strings"));
      const body = JSON.stringify({ events });
      const answers = [];
      for (const coding of ["gzip", "br"]) {
        const headers = { ...event.headers, "accept-encoding": coding };
        const result = await lambda.invoke({ ...event, headers, body, isBase64Encoded: false });
        expect([result.statusCode, result.isBase64Encoded]).toEqual([200, coding === "gzip"]);
        expect(result.headers["content-encoding"]).toBe(coding === "gzip" ? "gzip" : undefined);
        expect(result.headers.vary).toBe("Accept-Encoding");
        answers.push(JSON.parse(textOf(result)));
      }
      expect(answers[0].results).toHaveLength(100);
      expect(answers[1]).toEqual(answers[0]);
    });

    it("works on several events of one learner at once", async () => {
      const event = recordedEvent("http-api-module-completed");
      const results = await Promise.all(
        ["strings", "arrays", "welcome"].map((slug) =>
          lambda.invoke({ ...event, body: JSON.stringify(completedModule("busy", slug)), isBase64Encoded: false }),
        ),
      );
      const completed = results.flatMap((result) => {
        const { courses, pathways } = JSON.parse(textOf(result));
        return [...courses, ...pathways].filter((one) => one.newly_completed).map(({ slug }) => slug);
      });
      expect(completed.toSorted()).toEqual(["full-stack", "ruby"]);
    });

    it.each(major === OLDEST ? UNUSABLE.slice(-1) : UNUSABLE)(
      "refuses to start with %s, and says why",
      async (_, variables, message) => {
        const started = startLambda(node as string, variables);
        const refused = await started.then(
          () => "started",
          (error: Error) => error.message,
        );
        expect(refused).toMatch(message);
        // Neither a stack nor a line of the bundle.
        expect(refused).toMatch(/^The Lambda ended with 1:\n/);
        expect(refused).not.toMatch(/^\s+at |\.mjs|Error:/m);
      },
    );

    it("is answered 503 for where the store is down", async () => {
      const down = await startLambda(node as string, { STORE: "http://127.0.0.1:1" });
      const result = await down.invoke(recordedEvent("http-api-module-started"));
      expect(result).toMatchObject({ statusCode: 503, headers: { "retry-after": expect.stringMatching(/^\d+$/) } });
      expect(JSON.parse(result.body)).toMatchObject({ code: "STORE_UNAVAILABLE" });
      expect(down.output()).toContain("ECONNREFUSED");
      down.process.kill();
    });
  });
});

describe("The build", () => {
  it("refuses faulty content, and says where it is faulty", async () => {
    const folder = temporaryFolder();
    const { exited, output } = run([join(PROJECT, "scripts/tools/build.ts")], { CONTENT_DIR: folder });
    expect(await exited).toMatchObject({ code: 1 });
    expect(output()).toContain("neither courses nor pathways");
  });
});
