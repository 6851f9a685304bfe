import { describe, expect, it } from "vitest";
import { type EnvironmentError, readEnvironment } from "../../src/process/environment.ts";

const faultsOf = (variables: Record<string, string>): string[] => {
  try {
    readEnvironment(variables);
    return [];
  } catch (error) {
    return (error as EnvironmentError).faults;
  }
};

const ISSUER = { AUTH_ISSUER: "https://login.example.com/", AUTH_AUDIENCE: "waymark", AUTH_JWKS: "jwks.json" };

describe("The environment", () => {
  it.each([
    ["off", {}],
    ["learner=20/1000,server=200/2000", { learner: { rate: 20, burst: 1_000 }, server: { rate: 200, burst: 2_000 } }],
    ["server=5/6", { server: { rate: 5, burst: 6 } }],
  ])("limits callers as CALLER_LIMITS=%s says", (text, limits) => {
    expect(readEnvironment({ CALLER_LIMITS: text }).callerLimits).toEqual(limits);
  });

  it.each(["on", "learner=0/5", "learner=20", "learner=1/2,learners=1/2", "learner=-1/2"])(
    "takes no limits such as %s",
    (text) => expect(faultsOf({ CALLER_LIMITS: text })).toHaveLength(1),
  );

  it("asks for nothing", () => {
    expect(readEnvironment({})).toMatchObject({
      port: 8787,
      store: { kind: "embedded" },
      tokenIssuer: undefined,
      allowedOrigins: [],
      callerLimits: undefined,
      catalogObject: undefined,
      catalogTtlSeconds: 60,
      deadLetterQueueUrl: undefined,
    });
  });

  it("names an issuer, with all three of its variables", () => {
    expect(readEnvironment(ISSUER).tokenIssuer).toEqual({
      issuer: "https://login.example.com/",
      audience: "waymark",
      jwks: "jwks.json",
    });
  });

  it.each([
    [{ AUTH_ISSUER: "x" }, ["AUTH_AUDIENCE", "AUTH_JWKS"]],
    [{ AUTH_JWKS: "x" }, ["AUTH_ISSUER", "AUTH_AUDIENCE"]],
    [{ ...ISSUER, AUTH_AUDIENCE: "" }, ["AUTH_AUDIENCE"]],
    [{ AUTH_CLIENT_IDS: "page" }, ["AUTH_ISSUER", "AUTH_JWKS"]],
    [{ AUTH_COOKIE: "session" }, ["AUTH_ISSUER", "AUTH_AUDIENCE", "AUTH_JWKS"]],
    [{ AUTH_SCOPES: "waymark:read=x" }, ["AUTH_ISSUER", "AUTH_AUDIENCE", "AUTH_JWKS"]],
    [{ AUTH_LEARNER_CLAIM: "oid" }, ["AUTH_ISSUER", "AUTH_AUDIENCE", "AUTH_JWKS"]],
  ])("with part of an issuer (%j) names what is missing", (variables, missing) => {
    expect(faultsOf(variables as Record<string, string>).map((fault) => fault.split(":")[0])).toEqual(missing);
  });

  it("names an issuer whose tokens have no audience, by its clients", () => {
    const { AUTH_ISSUER, AUTH_JWKS } = ISSUER;
    const variables = { AUTH_ISSUER, AUTH_JWKS, AUTH_CLIENT_IDS: "page, server,", AUTH_COOKIE: "__Host-token" };
    expect(readEnvironment(variables).tokenIssuer).toMatchObject({
      audience: undefined,
      clientIds: ["page", "server"],
      cookie: "__Host-token",
    });
  });

  it.each([
    ["AUTH_CLIENT_IDS", " , "],
    ["AUTH_COOKIE", "a cookie"],
    ["AUTH_COOKIE", "a=b"],
    ["AUTH_SCOPES", "res/read"],
    ["AUTH_SCOPES", "waymark:rad=res/read"],
    ["AUTH_SCOPES", "waymark:read="],
    ["AUTH_SCOPES", "waymark:read=a b"],
    ["AUTH_SCOPES", "waymark:read=x,waymark:write=x"],
  ])("refuses %s=%j", (name, value) => {
    expect(faultsOf({ ...ISSUER, [name]: value })).toEqual([expect.stringMatching(`^${name}=.*Expected`)]);
  });

  it.each([
    ["https://login.example.com/.well-known/jwks.json", true],
    ["http://127.0.0.1:9000/jwks", true],
    ["http://localhost:9000/jwks", true],
    ["keys/jwks.json", true],
    ["http://login.example.com/jwks", false],
    ["http://localhost.example.com/jwks", false],
    ["ftp://login.example.com/jwks", false],
  ])("takes keys from %s: %s", (AUTH_JWKS, isTaken) => {
    expect(faultsOf({ ...ISSUER, AUTH_JWKS }).length === 0).toBe(isTaken);
  });

  it.each([
    ["https://lms.example.com", ["https://lms.example.com"]],
    ["https://lms.example.com, http://localhost:3000", ["https://lms.example.com", "http://localhost:3000"]],
    ["*", ["*"]],
  ])("allows the origins %s", (ALLOWED_ORIGINS, origins) => {
    expect(readEnvironment({ ALLOWED_ORIGINS }).allowedOrigins).toEqual(origins);
  });

  it.each([
    "lms.example.com",
    "https://lms.example.com/",
    "https://lms.example.com/path",
    "https://*.example.com",
    "a,b",
  ])("refuses the origin %s", (ALLOWED_ORIGINS) =>
    expect(faultsOf({ ALLOWED_ORIGINS })[0]).toMatch(/^ALLOWED_ORIGINS=.*Expected origins such as/),
  );

  it("reads where the catalog is", () => {
    expect(readEnvironment({ CATALOG_URI: "s3://bucket/a/b.json", CATALOG_TTL: "5" })).toMatchObject({
      catalogObject: { bucket: "bucket", key: "a/b.json" },
      catalogTtlSeconds: 5,
    });
  });

  it.each(["s3://bucket", "s3://bucket/", "https://bucket/key", "bucket/key"])(
    "refuses the catalog %s",
    (CATALOG_URI) => {
      expect(faultsOf({ CATALOG_URI })).toEqual([`CATALOG_URI="${CATALOG_URI}": Expected s3://bucket/key`]);
    },
  );

  it("reads where jobs on AWS are, and refuses what is no such place", () => {
    const JOBS_STATE_MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:waymark-jobs";
    expect(readEnvironment({ RUNS_URI: "s3://runs", JOBS_STATE_MACHINE })).toMatchObject({
      runsBucket: { bucket: "runs", prefix: "" },
      jobsStateMachine: JOBS_STATE_MACHINE,
    });
    expect(readEnvironment({ RUNS_URI: "s3://runs/a/b" }).runsBucket).toEqual({ bucket: "runs", prefix: "a/b/" });
    expect(faultsOf({ RUNS_URI: "runs", JOBS_STATE_MACHINE: "waymark-jobs" })).toHaveLength(2);
  });

  it("names every fault at once", () => {
    expect(faultsOf({ PORT: "x", CATALOG_TTL: "-1", LOG_LEVEL: "loud", DEAD_LETTER_QUEUE_URL: "queue" })).toHaveLength(
      4,
    );
  });
});

it("shows no secret that is too short", () => {
  expect(faultsOf({ ANALYTICS_KEY: "hunter2" })).toEqual([
    expect.stringMatching(/^ANALYTICS_KEY=…: It has 7 characters; expected 16 or more/),
  ]);
});
