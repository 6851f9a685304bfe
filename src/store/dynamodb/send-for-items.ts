import type { DynamoDBDocumentClient, QueryCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Item } from "../items.ts";
import { decodeItem } from "./attribute-values.ts";

type Response = { statusCode: number; body: AsyncIterable<Uint8Array> | Uint8Array };
type Send = (request: object) => Promise<{ response: Response }>;
export type ItemsPage = {
  Items: Item[];
  LastEvaluatedKey?: Record<string, unknown> | undefined;
  ConsumedCapacity?: { CapacityUnits?: number | undefined } | undefined;
};

/**
 * Sends a Query or Scan, and reads the items of its answer itself. The SDK copies an answer three times, once for its
 * schema, once for logging and once for the document client, which for a page of a scan is more work than all the rest.
 */
export async function sendForItems(
  client: DynamoDBDocumentClient,
  command: QueryCommand | ScanCommand,
): Promise<ItemsPage> {
  let items: Item[] = [];
  command.middlewareStack.addRelativeTo(
    ((next: Send) => async (request: object) => {
      const result = await next(request);
      const { response } = result;
      // The SDK knows what an error says, and which is worth another attempt.
      if (response.statusCode !== 200) return result;
      const { Items = [], ...rest } = JSON.parse(await textOf(response.body));
      items = Items.map(decodeItem);
      response.body = Buffer.from(JSON.stringify(rest));
      return result;
    }) as never,
    { name: "waymarkItems", relation: "after", toMiddleware: "deserializerMiddleware", override: true },
  );
  const output = await client.send(command as ScanCommand);
  return { ...output, Items: items };
}

async function textOf(body: Response["body"]): Promise<string> {
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
