import * as z from "zod";
import { SCOPES, type Scope } from "../model/scope.ts";
import { type CallerLimits, CallerLimitsText } from "./caller-limits.ts";
import { isLoopback } from "./loopback.ts";

export type StoreTarget = { kind: "embedded" } | { kind: "aws" } | { kind: "endpoint"; address: string };

const LOG_LEVELS = ["DEBUG", "INFO", "WARN", "ERROR", "SILENT"] as const;

const Target = z.string().transform((text, context): StoreTarget => {
  if (text === "embedded" || text === "aws") return { kind: text };
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return { kind: "endpoint", address: text };
  context.issues.push({
    code: "custom",
    input: text,
    message: "Expected embedded, aws, or the address of a DynamoDB endpoint",
  });
  return z.NEVER;
});

const origin = (text: string) => !text.includes("*") && URL.canParse(text) && new URL(text).origin === text;
const Origins = z.string().transform((text, context): string[] => {
  const origins = text.split(",").map((part) => part.trim());
  for (const part of origins.filter((part) => part !== "*" && !origin(part)))
    context.issues.push({
      code: "custom",
      input: text,
      message: `Expected origins such as https://lms.example.com, not ${part}`,
    });
  return origins;
});

/** Whoever can alter the keys on their way can be anyone, so they come over TLS, or from this machine. */
const isSafeAddress = (text: string) => URL.canParse(text) && (text.startsWith("https://") || isLoopback(text));
const KeySource = z.string().refine((text) => !/^[a-z]+:\/\//i.test(text) || isSafeAddress(text), {
  error: "Expected a file, or an address that begins with https://",
});

export type CatalogObject = { bucket: string; key: string };
const CatalogUri = z
  .string()
  .regex(/^s3:\/\/[^/]+\/.+$/, { error: "Expected s3://bucket/key" })
  .transform((text): CatalogObject => {
    const [bucket = "", ...key] = text.slice("s3://".length).split("/");
    return { bucket, key: key.join("/") };
  });

export type RunsBucket = { bucket: string; prefix: string };
const RunsUri = z
  .string()
  .regex(/^s3:\/\/[^/]+(\/.*)?$/, { error: "Expected s3://bucket or s3://bucket/folder" })
  .transform((text): RunsBucket => {
    const [bucket = "", ...folders] = text.slice("s3://".length).split("/").filter(Boolean);
    return { bucket, prefix: folders.map((folder) => `${folder}/`).join("") };
  });

/** Names separated by commas. */
const Names = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean),
);

/** `waymark:read=res/read,waymark:write=res/write`: which scope of ours a name in a token stands for. */
const ScopeNames = Names.transform((pairs, context): ReadonlyMap<string, Scope> => {
  const names = new Map<string, Scope>();
  for (const pair of pairs) {
    const [, ours, name] = /^([^=]+)=(\S+)$/.exec(pair) ?? [];
    const scope = SCOPES.find((known) => known === ours?.trim());
    if (scope === undefined || name === undefined)
      context.issues.push({
        code: "custom",
        input: pair,
        message: `Expected pairs such as waymark:read=res/read, of ${SCOPES.join(", ")}; not ${pair}`,
      });
    else if (names.has(name))
      context.issues.push({ code: "custom", input: pair, message: `Expected ${name} to stand for one scope` });
    else names.set(name, scope);
  }
  return names;
});

const Environment = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: "Expected a port number" })
    .transform(Number)
    .pipe(z.int().max(65_535))
    .default(8787),
  CONTENT_DIR: z.string().default("content"),
  DATA_DIR: z.string().default(".waymark"),
  DURABILITY: z.enum(["flush", "process"], { error: "Expected flush or process" }).default("flush"),
  STORE: Target.default({ kind: "embedded" }),
  TABLE_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,200}$/, { error: "Expected letters, digits, dots, hyphens and underscores" })
    .default("waymark"),
  INDEXES: z.enum(["former", "listed"], { error: "Expected former or listed" }).default("listed"),
  LOG_LEVEL: z
    .string()
    .toUpperCase()
    .pipe(z.enum(LOG_LEVELS, { error: `Expected one of ${LOG_LEVELS.join(", ")}` }))
    .default("INFO"),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  AUTH_CLIENT_IDS: Names.refine((names) => names.length > 0, { error: "Expected client ids" }).optional(),
  AUTH_JWKS: KeySource.optional(),
  AUTH_SCOPES: ScopeNames.optional(),
  AUTH_LEARNER_CLAIM: z.string().optional(),
  AUTH_COOKIE: z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: "Expected the name of a cookie" })
    .optional(),
  PAGES: z.enum(["on", "off"], { error: "Expected on or off" }).optional(),
  ALLOWED_ORIGINS: Origins.default([]),
  CALLER_LIMITS: CallerLimitsText.optional(),
  CATALOG_URI: CatalogUri.optional(),
  CATALOG_TTL: z
    .string()
    .regex(/^\d{1,6}$/, { error: "Expected a number of seconds" })
    .transform(Number)
    .default(60),
  DEAD_LETTER_QUEUE_URL: z.url().optional(),
  ANALYTICS_KEY: z
    .string()
    .min(16, {
      // The key itself stands in no log.
      error: ({ input }) =>
        `It has ${String(input).length} characters; expected 16 or more, which nobody can guess, as openssl rand -hex 32 makes them`,
    })
    .optional(),
  RUNS_URI: RunsUri.optional(),
  JOBS_STATE_MACHINE: z
    .string()
    .regex(/^arn:[^:]+:states:[^:]+:\d{12}:stateMachine:[^:]+$/, { error: "Expected the ARN of a state machine" })
    .optional(),
  AWS_ENDPOINT_URL_S3: z.url().optional(),
  AWS_ENDPOINT_URL_SQS: z.url().optional(),
  AWS_ENDPOINT_URL_SFN: z.url().optional(),
  AWS_REGION: z.string().optional(),
  AWS_ACCESS_KEY_ID: z.string().optional(),
});

/** Whose tokens are believed; `jwks` is a file or an address. */
export type TokenIssuer = {
  issuer: string;
  /** In `aud`; undefined where the token's client is asked for instead. */
  audience?: string | undefined;
  /** One of them is in `client_id` or `azp`. */
  clientIds?: readonly string[] | undefined;
  jwks: string;
  /** Names in the issuer's tokens, each with the scope that it stands for. */
  scopeNames?: ReadonlyMap<string, Scope> | undefined;
  /** Where the learner's id is; `sub` by default. */
  learnerClaim?: string | undefined;
  /** The cookie in which pages keep their token. */
  cookie?: string | undefined;
};

export type Environment = {
  port: number;
  contentDir: string;
  dataDir: string;
  /** Of the embedded store: whether an answer waits for the disk, or only for the operating system. */
  durability: "flush" | "process";
  store: StoreTarget;
  tablePrefix: string;
  /** Which indexes of DynamoDB are read: those of earlier releases, until every item of an older deployment is in its list. */
  indexes: "former" | "listed";
  logLevel: (typeof LOG_LEVELS)[number];
  /** Undefined where nobody is asked who he is. */
  tokenIssuer: TokenIssuer | undefined;
  /** Of pages that may call us from a browser; `*` for any. */
  allowedOrigins: string[];
  /** What each caller may ask of the store; undefined where nobody has said so. */
  callerLimits: CallerLimits | undefined;
  /** Whether the sample LMS is served; undefined where nobody has said so. */
  hasPages: boolean | undefined;
  catalogObject: CatalogObject | undefined;
  catalogTtlSeconds: number;
  deadLetterQueueUrl: string | undefined;
  /** What pseudonyms in exports are made with; undefined where a key is kept in the data folder. */
  analyticsKey: string | undefined;
  /** Where the files of runs on AWS are. */
  runsBucket: RunsBucket | undefined;
  /** The ARN of the state machine that works jobs on AWS. */
  jobsStateMachine: string | undefined;
  /** Stand-ins for AWS's own addresses. */
  endpoints: { s3: string | undefined; sqs: string | undefined; states: string | undefined };
  region: string | undefined;
  hasCredentials: boolean;
};

/** What a process was started with cannot be used; `faults` has a line for each variable. */
export class EnvironmentError extends Error {
  readonly faults: string[];
  constructor(faults: string[]) {
    super(faults.join("\n"));
    this.name = "EnvironmentError";
    this.faults = faults;
  }
}

/** What may stand in no log, right or wrong. */
const SECRETS: ReadonlySet<string> = new Set(["ANALYTICS_KEY", "AWS_ACCESS_KEY_ID"]);

/** The only place that reads environment variables. An empty one counts as not set. @throws EnvironmentError */
export function readEnvironment(variables: Record<string, string | undefined> = process.env): Environment {
  const given = Object.fromEntries(Object.keys(Environment.shape).map((name) => [name, variables[name] || undefined]));
  // For one reading it takes longer to make code of a schema than to walk through it.
  const result = Environment.safeParse(given, { jitless: true });
  if (!result.success)
    throw new EnvironmentError(
      result.error.issues.map(({ path, message }) => {
        const name = String(path[0]);
        return `${path.join(".")}=${SECRETS.has(name) ? "…" : JSON.stringify(given[name])}: ${message}`;
      }),
    );
  const { data } = result;
  return {
    ...callersOf(data),
    port: data.PORT,
    contentDir: data.CONTENT_DIR,
    dataDir: data.DATA_DIR,
    durability: data.DURABILITY,
    store: data.STORE,
    tablePrefix: data.TABLE_PREFIX,
    indexes: data.INDEXES,
    logLevel: data.LOG_LEVEL,
    callerLimits: data.CALLER_LIMITS,
    hasPages: data.PAGES && data.PAGES === "on",
    catalogObject: data.CATALOG_URI,
    catalogTtlSeconds: data.CATALOG_TTL,
    deadLetterQueueUrl: data.DEAD_LETTER_QUEUE_URL,
    analyticsKey: data.ANALYTICS_KEY,
    runsBucket: data.RUNS_URI,
    jobsStateMachine: data.JOBS_STATE_MACHINE,
    endpoints: { s3: data.AWS_ENDPOINT_URL_S3, sqs: data.AWS_ENDPOINT_URL_SQS, states: data.AWS_ENDPOINT_URL_SFN },
    // The SDK finds region and credentials by itself on AWS; an endpoint of another kind needs some all the same.
    region: data.AWS_REGION ?? (data.STORE.kind === "aws" ? undefined : "us-east-1"),
    hasCredentials: data.AWS_ACCESS_KEY_ID !== undefined,
  };
}

/** All that an issuer takes, or nothing of it. */
function callersOf(data: z.infer<typeof Environment>): Pick<Environment, "tokenIssuer" | "allowedOrigins"> {
  const { AUTH_ISSUER: issuer, AUTH_JWKS: jwks, ALLOWED_ORIGINS: allowedOrigins } = data;
  const { AUTH_AUDIENCE: audience, AUTH_CLIENT_IDS: clientIds } = data;
  const [scopeNames, learnerClaim, cookie] = [data.AUTH_SCOPES, data.AUTH_LEARNER_CLAIM, data.AUTH_COOKIE];
  const given = [issuer, jwks, audience, clientIds, scopeNames, learnerClaim, cookie];
  if (given.every((value) => value === undefined)) return { tokenIssuer: undefined, allowedOrigins };
  const isForSomebody = audience !== undefined || clientIds !== undefined;
  if (issuer !== undefined && jwks !== undefined && isForSomebody)
    return {
      tokenIssuer: { issuer, audience, clientIds, jwks, scopeNames, learnerClaim, cookie },
      allowedOrigins,
    };
  const missing = Object.entries({
    AUTH_ISSUER: issuer,
    AUTH_AUDIENCE: isForSomebody || undefined,
    AUTH_JWKS: jwks,
  }).filter(([, value]) => value === undefined);
  const instead = (name: string) => (name === "AUTH_AUDIENCE" ? ", or AUTH_CLIENT_IDS in its place" : "");
  throw new EnvironmentError(missing.map(([name]) => `${name}: Expected beside the others of AUTH_*${instead(name)}`));
}
