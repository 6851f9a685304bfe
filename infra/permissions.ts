import { Effect, ManagedPolicy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import {
  ATTEMPTS_INDEX,
  COMPLETIONS_INDEX,
  FORMER_ATTEMPTS_INDEX,
  FORMER_COMPLETIONS_INDEX,
} from "../src/store/dynamodb/tables.ts";
import type { Stage } from "./stages.ts";
import type { Tables } from "./tables.ts";

type Resource = "progress" | "records" | `progress/index/${string}` | `records/index/${string}`;
type Calls = Partial<Record<Resource, readonly string[]>>;

// What the store calls, by what it is for. tests/infra/permissions.test.ts runs every event, route and command and
// compares: what is missing here fails on AWS, and what is idle here is a door that nobody uses and nobody watches.

/** Events. GetItem reads whose an id is, and an item again that another event changed; PutItem stores a decision. */
const INGEST: Calls = { progress: ["UpdateItem", "Query", "GetItem", "PutItem"], records: ["PutItem", "UpdateItem"] };
/** Whoever writes also takes away what came too late for a learner who was deleted: look whether that is so, find, delete. */
const PURGE: Calls = { progress: ["Query", "GetItem", "BatchWriteItem"], records: ["Query", "BatchWriteItem"] };
/** Deleting a learner leaves a tombstone. */
const DELETE: Calls = { progress: ["UpdateItem"] };
/** BatchGetItem reads whose the ids in a list are, which links may have joined, and completion data; Scan lists all learners. */
const READ: Calls = {
  progress: ["Query", "BatchGetItem", "Scan"],
  [`progress/index/${COMPLETIONS_INDEX}`]: ["Query"],
  records: ["Query", "BatchGetItem", "Scan"],
  [`records/index/${ATTEMPTS_INDEX}`]: ["Query"],
};
/** Instead of the other indexes, while an older deployment moves to them. */
const READ_FORMER: Calls = {
  [`progress/index/${FORMER_COMPLETIONS_INDEX}`]: ["Query"],
  [`records/index/${FORMER_ATTEMPTS_INDEX}`]: ["Query"],
};
/** The export of all for analysts; BatchGetItem reads whose ids are, which links may have joined. */
const EXPORT: Calls = {
  progress: ["DescribeTable", "Scan", "Query", "GetItem", "BatchGetItem"],
  records: ["Query", "Scan"],
};
/** A job on AWS leases the table and keeps the catalog that it goes by; whoever finishes it gives the table back. */
const PLAN: Calls = { progress: ["Query", "PutItem", "DeleteItem"] };
const FINISH: Calls = { progress: ["DeleteItem"] };
/** As a backfill and a rollback do, and the look at the lease; DeleteItem takes away what a run has made. */
const SEGMENT: Calls = {
  progress: ["Scan", "Query", "GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem"],
};
/** Backfill and rollback, which also announce themselves in the table that they write; what an older deployment's indexes take; the export of a learner, and of all for analysts. */
const OPERATE: Calls = {
  progress: ["DescribeTable", "Scan", "Query", "GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem"],
  records: ["Query", "Scan", "UpdateItem"],
};

export const httpStatements = (tables: Tables, { formerIndexes }: Stage) =>
  statements(tables, [INGEST, PURGE, READ, DELETE, ...(formerIndexes ? [READ_FORMER] : [])]);
export const queueStatements = (tables: Tables) => statements(tables, [INGEST, PURGE]);

export const exportStatements = (tables: Tables) => statements(tables, [EXPORT]);

/** Of the functions of a job. */
export const jobStatements = (tables: Tables) => ({
  plan: statements(tables, [PLAN]),
  segment: statements(tables, [SEGMENT, PURGE]),
  finish: statements(tables, [FINISH]),
});

/**
 * What an operator's role or user needs to publish a catalog, and to run backfill, rollback and export; nobody has it
 * until it is attached.
 * @param others what else of the stage operators use
 */
export const createOperatorPolicy = (
  scope: Construct,
  tables: Tables,
  others: readonly PolicyStatement[],
): ManagedPolicy =>
  new ManagedPolicy(scope, "OperatorPolicy", {
    description: "Publish Waymark's catalog, run backfill, rollback and export",
    statements: [...statements(tables, [OPERATE, PURGE]), ...others],
  });

/** One statement per table and index, with its actions in order, so that a changed permission is a changed line. */
function statements(tables: Tables, parts: readonly Calls[]): PolicyStatement[] {
  const actions = new Map<Resource, Set<string>>();
  for (const part of parts)
    for (const [resource, calls] of Object.entries(part) as [Resource, readonly string[]][])
      actions.set(resource, new Set([...(actions.get(resource) ?? []), ...calls]));
  return [...actions].map(
    ([resource, calls]) =>
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...calls].sort().map((call) => `dynamodb:${call}`),
        resources: [arnOf(tables, resource)],
      }),
  );
}

function arnOf(tables: Tables, resource: Resource): string {
  const [table, ...index] = resource.split("/") as ["progress" | "records", ...string[]];
  return [tables[table].tableArn, ...index].join("/");
}
