import { randomUUID } from "node:crypto";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { createMissingTables } from "../../src/store/dynamodb/provision.ts";
import { createStore } from "../../src/store/dynamodb/store.ts";
import { COMPLETIONS_INDEX, tableNames } from "../../src/store/dynamodb/tables.ts";
import { describeStores } from "../support/processes/stores.ts";

const AT = "2026-01-18T10:00:00.000Z";

describeStores("createMissingTables", (open) => {
  const commands = () => open().calls.map(({ command }) => command);

  it("makes the tables that are not there, paid by request", async () => {
    const { client } = open();
    const tables = tableNames(`made-${randomUUID()}`);
    await createMissingTables(client, tables);
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tables.progress }));
    expect(Table).toMatchObject({
      TableStatus: "ACTIVE",
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      KeySchema: [
        { AttributeName: "learner_id", KeyType: "HASH" },
        { AttributeName: "entity", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [{ IndexName: COMPLETIONS_INDEX }],
    });
  });

  it("leaves tables alone that are there, with what is in them", async () => {
    const { client, calls } = open();
    const tables = tableNames(`twice-${randomUUID()}`);
    await createMissingTables(client, tables);
    const store = createStore(client, tables);
    await store.addFacts("learner", { type: "module", slug: "strings" }, { completedAt: AT });
    calls.length = 0;

    await createMissingTables(client, tables);
    expect(commands()).not.toContain("CreateTable");
    expect(await store.readItem("learner", { type: "module", slug: "strings" })).toMatchObject({ completed_at: AT });
  });

  it("may be run by several processes at once", async () => {
    const { client } = open();
    const tables = tableNames(`race-${randomUUID()}`);
    await Promise.all([1, 2, 3].map(() => createMissingTables(client, tables)));
    await createStore(client, tables).addFacts("learner", { type: "module", slug: "strings" }, { completedAt: AT });
  });
});
