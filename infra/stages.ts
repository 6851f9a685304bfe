import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Identity } from "./identity.ts";

/** What is exported for analysts, and when. */
export type AnalyticsSettings = {
  /** As EventBridge Scheduler has it, in UTC. */
  schedule: string;
  /** How long runs are kept; by then, whoever was deleted is in none. */
  keepDays: number;
  /** The most read units a second. */
  maxRcu: number;
};

/** All that one deployment may have other than another. */
export type Stage = {
  /** Begins the names of stack, tables, functions and queues, and is the service's TABLE_PREFIX. */
  prefix: string;
  /** Protects stack and tables from being deleted, and leaves tables and catalogs behind when the stack goes. */
  keepsData: boolean;
  /** Whose tokens the service believes. */
  identity: Identity;
  /** Pages of these origins may call the service. */
  allowedOrigins: readonly string[];
  /**
   * Serves pages, client and API under one name, by CloudFront; without it, the API is alone. A domain needs a certificate
   * in us-east-1, and a record that points to the distribution.
   */
  site?: { domain?: { name: string; certificateArn: string } };
  /** Exports for analysts; without it, nothing is exported. */
  analytics?: AnalyticsSettings;
  logLevel: "DEBUG" | "INFO" | "WARN" | "ERROR";
  logRetention: RetentionDays;
  /** Takes the catalog from the bucket, and looks for a newer one so often. Without it, the bundled one stands. */
  catalog?: { ttlSeconds: number };
  /**
   * While an older deployment moves to indexes that are spread over partitions: its former ones are "read", then only
   * "kept", then gone. docs/operations.md has the checklist. A new deployment never has them.
   */
  formerIndexes?: "read" | "kept";
  /** Requests a second, over all callers; what is above is answered 429 before it costs anything. */
  throttle: { rate: number; burst: number };
  /** What each caller may ask of the store, as CALLER_LIMITS has it; each copy of the HTTP function counts for itself. */
  callerLimits: string;
  /**
   * The most units a second that each table, and each of its indexes, may be asked for; what is above is turned away, and
   * costs nothing. Without it, what the account allows.
   */
  tableUnits?: { read: number; write: number };
  /** The most copies of the HTTP function; they are then set aside for it. Without it, what the account has left. */
  httpConcurrency?: number;
  /** The most copies of the queue function, at least 2. */
  queueConcurrency: number;
  /** Whether X-Ray traces the functions' invocations. */
  tracing: boolean;
  /** How long buckets keep what was overwritten or deleted; the newest ten are kept for good. */
  oldVersionsDays: number;
  alarms: {
    /** Where alarms are sent. AWS first sends a mail there that must be answered. */
    email?: string;
    /** Rates count from so many requests in five minutes, so that one failure at night wakes nobody. */
    minRequests: number;
    failedRequestsPercent: number;
    /** Refused ones are 4xx. Some are always: tokens expire, claims come too early. */
    clientErrorsPercent: number;
    minClaims: number;
    /** Far above what learners do by accident: pages that claim too early, or a catalog that does not fit them. */
    refusedClaimsPercent: number;
    /** Of a function's time-out, for the slowest in a hundred. */
    durationPercent: number;
    /** In five minutes. */
    storeFailures: number;
    /** How long an event may wait in the queue. */
    queueAgeSeconds: number;
    /** What a month may cost, before somebody is told. Without it, nobody is. */
    monthlyUsd?: number;
  };
};

const dev: Stage = {
  prefix: "waymark-dev",
  keepsData: false,
  identity: {
    issuer: "https://identity.example.com/dev",
    audience: "waymark-dev",
    jwks: "https://identity.example.com/dev/.well-known/jwks.json",
  },
  allowedOrigins: ["https://lms-dev.example.com", "http://localhost:3000"],
  site: {},
  analytics: { schedule: "cron(0 2 * * ? *)", keepDays: 14, maxRcu: 200 },
  logLevel: "INFO",
  logRetention: RetentionDays.TWO_WEEKS,
  catalog: { ttlSeconds: 30 },
  throttle: { rate: 50, burst: 100 },
  callerLimits: "learner=20/1000,server=200/2000",
  tableUnits: { read: 1_000, write: 500 },
  queueConcurrency: 2,
  tracing: false,
  oldVersionsDays: 30,
  alarms: {
    minRequests: 20,
    failedRequestsPercent: 5,
    clientErrorsPercent: 40,
    minClaims: 20,
    refusedClaimsPercent: 50,
    durationPercent: 80,
    storeFailures: 10,
    queueAgeSeconds: 3_600,
    monthlyUsd: 30,
  },
};

const prod: Stage = {
  prefix: "waymark",
  keepsData: true,
  identity: {
    issuer: "https://identity.example.com/",
    audience: "waymark",
    jwks: "https://identity.example.com/.well-known/jwks.json",
  },
  allowedOrigins: ["https://lms.example.com"],
  analytics: { schedule: "cron(0 2 * * ? *)", keepDays: 30, maxRcu: 2_000 },
  logLevel: "INFO",
  logRetention: RetentionDays.THREE_MONTHS,
  catalog: { ttlSeconds: 60 },
  throttle: { rate: 500, burst: 1_000 },
  callerLimits: "learner=20/1000,server=200/2000",
  tableUnits: { read: 12_000, write: 6_000 },
  httpConcurrency: 100,
  queueConcurrency: 10,
  tracing: false,
  oldVersionsDays: 365,
  alarms: {
    minRequests: 50,
    failedRequestsPercent: 1,
    clientErrorsPercent: 20,
    minClaims: 20,
    refusedClaimsPercent: 30,
    durationPercent: 80,
    storeFailures: 3,
    queueAgeSeconds: 900,
    monthlyUsd: 1000,
  },
};

export const STAGES: readonly Stage[] = [dev, prod];
