import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { learnerItems } from "../support/builders/fill-table.ts";
import { type Flags, LEARNERS, learningCatalog } from "./learners.ts";
import { answer } from "./worker.ts";

// Answers a backfill as DynamoDB would for a table of any number of learners, without keeping one: filling a real
// store with two million items takes longer than all the rest. The table's name says what is in it, see `standInPrefix`.

export type StandInAnswer = { endpoint: string };

const TEMPLATES = 1_000;
const PAGE_BYTES = 1_048_576;
const UNIT = { read: 4_096, scanned: 8_192 };
/** The item and its entry in the index. */
const FLAG_UNITS = 2;
const NAME = "@";

/** A learner's items as JSON in two states, cut where the learner's id stands. */
type Template = Record<Flags, { parts: string[]; items: number; bytes: number }>;

const marshalled = (item: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, { [value === true ? "BOOL" : "S"]: value }]));

const templates: Template[] = [...learnerItems(learningCatalog, { ...LEARNERS, learners: TEMPLATES })].map(
  ({ facts, flags }) => {
    const template = (items: Record<string, unknown>[]) => {
      const texts = items.map((item) => JSON.stringify(marshalled({ ...item, learner_id: NAME })));
      const bytes = items.flatMap((item) => Object.entries(item)).join("").length;
      return { parts: texts.join(",").split(NAME), items: items.length, bytes };
    };
    return { right: template([...flags, ...facts]), missing: template(facts) };
  },
);

const numberOf = (learnerId: string) => Number(learnerId.slice("learner-".length));
const itemsOf = (learner: number, flags: Flags) => {
  const { parts, items, bytes } = (templates[learner % TEMPLATES] as Template)[flags];
  return { text: parts.join(`learner-${learner}`), items, bytes };
};

type Request = {
  TableName: string;
  Segment: number;
  TotalSegments: number;
  Limit?: number;
  ExclusiveStartKey?: { learner_id: { S: string } };
  ExpressionAttributeValues: Record<string, { S: string }>;
  RequestItems: Record<string, { Keys: unknown[]; ConsistentRead?: boolean }>;
};
type Table = { flags: Flags; learners: number };

function scan({ flags, learners }: Table, { Segment, TotalSegments, Limit = Infinity, ExclusiveStartKey }: Request) {
  const bound = (segment: number) => Math.floor((segment * learners) / TotalSegments);
  const [begin, end] = [bound(Segment), bound(Segment + 1)];
  let next = ExclusiveStartKey ? numberOf(ExclusiveStartKey.learner_id.S) + 1 : begin;
  const texts: string[] = [];
  let [items, bytes] = [0, 0];
  // A page ends with a learner, at least one.
  while (next < end && bytes < PAGE_BYTES && items < Limit) {
    const learner = itemsOf(next++, flags);
    texts.push(learner.text);
    items += learner.items;
    bytes += learner.bytes;
  }
  const last = next < end ? `,"LastEvaluatedKey":{"learner_id":{"S":"learner-${next - 1}"},"entity":{"S":"~"}}` : "";
  return `{"Items":[${texts.join(",")}],"Count":${items}${last},${capacity(Math.ceil(bytes / UNIT.scanned))}}`;
}

function query({ flags }: Table, { ExpressionAttributeValues: values }: Request) {
  const learner = Object.values(values).find(({ S }) => S.startsWith("learner-"));
  const { text, items, bytes } = learner ? itemsOf(numberOf(learner.S), flags) : { text: "", items: 0, bytes: 0 };
  return `{"Items":[${text}],"Count":${items},${capacity(Math.ceil(bytes / UNIT.read))}}`;
}

/** Nobody has been deleted, but each key costs the read of an item that is not there. */
function batchGet({ RequestItems: requested }: Request) {
  const units = Object.values(requested).map(({ Keys, ConsistentRead }) => Keys.length * (ConsistentRead ? 1 : 0.5));
  const consumed = units.map((CapacityUnits) => ({ CapacityUnits }));
  return JSON.stringify({ Responses: {}, UnprocessedKeys: {}, ConsumedCapacity: consumed });
}

const capacity = (units: number) => `"ConsumedCapacity":{"CapacityUnits":${units}}`;

function reply(operation: string, request: Request): string {
  if (operation === "BatchGetItem") return batchGet(request);
  const [, flags, learners] = /^(right|missing)-(\d+)-/.exec(request.TableName) as unknown as [string, Flags, string];
  const table: Table = { flags, learners: Number(learners) };
  if (operation === "Scan") return scan(table, request);
  if (operation === "Query") return query(table, request);
  if (operation === "DescribeTable") return JSON.stringify({ Table: { ItemCount: table.learners } });
  return `{${capacity(operation === "GetItem" ? 1 : FLAG_UNITS)}}`;
}

const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = [];
  incoming.on("data", (chunk) => chunks.push(chunk));
  incoming.on("end", () => {
    const operation = String(incoming.headers["x-amz-target"]).split(".")[1] as string;
    const body = Buffer.from(reply(operation, JSON.parse(Buffer.concat(chunks).toString())));
    outgoing.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": body.length }).end(body);
  });
});
server.keepAliveTimeout = 60_000;
const listening = new Promise<void>((done) => server.listen(0, "127.0.0.1", done));

answer(async (): Promise<StandInAnswer> => {
  await listening;
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});
