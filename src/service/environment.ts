import * as z from "zod";

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

const Environment = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: "Expected a port number" })
    .transform(Number)
    .pipe(z.int().max(65_535))
    .default(8787),
  CONTENT_DIR: z.string().default("content"),
  DATA_DIR: z.string().default(".waymark"),
  STORE: Target.default({ kind: "embedded" }),
  TABLE_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,200}$/, { error: "Expected letters, digits, dots, hyphens and underscores" })
    .default("waymark"),
  LOG_LEVEL: z
    .string()
    .toUpperCase()
    .pipe(z.enum(LOG_LEVELS, { error: `Expected one of ${LOG_LEVELS.join(", ")}` }))
    .default("INFO"),
  AWS_REGION: z.string().optional(),
  AWS_ACCESS_KEY_ID: z.string().optional(),
});

export type Environment = {
  port: number;
  contentDir: string;
  dataDir: string;
  store: StoreTarget;
  tablePrefix: string;
  logLevel: (typeof LOG_LEVELS)[number];
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

/** The only place that reads environment variables. An empty one counts as not set. @throws EnvironmentError */
export function readEnvironment(variables: Record<string, string | undefined> = process.env): Environment {
  const given = Object.fromEntries(Object.keys(Environment.shape).map((name) => [name, variables[name] || undefined]));
  const result = Environment.safeParse(given);
  if (!result.success)
    throw new EnvironmentError(
      result.error.issues.map(
        ({ path, message }) => `${path.join(".")}=${JSON.stringify(given[String(path[0])])}: ${message}`,
      ),
    );
  const { data } = result;
  return {
    port: data.PORT,
    contentDir: data.CONTENT_DIR,
    dataDir: data.DATA_DIR,
    store: data.STORE,
    tablePrefix: data.TABLE_PREFIX,
    logLevel: data.LOG_LEVEL,
    // The SDK finds region and credentials by itself on AWS; an endpoint of another kind needs some all the same.
    region: data.AWS_REGION ?? (data.STORE.kind === "aws" ? undefined : "us-east-1"),
    hasCredentials: data.AWS_ACCESS_KEY_ID !== undefined,
  };
}
