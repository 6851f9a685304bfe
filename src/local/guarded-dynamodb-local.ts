import { randomBytes } from "node:crypto";
import { Agent, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { startDynamoDbLocal } from "./dynamodb-local.ts";
import { type LocalDynamoDb, listenForPrograms } from "./for-programs.ts";

/**
 * Amazon's emulator, for this machine's programs alone; undefined where there is no Java.
 *
 * It can be told a port and no address, so others on the network reach that port. It keeps tables apart by the access
 * key, though, and looks at no signature: what passes here is given a key that nobody else knows, and who comes by
 * another way finds no tables.
 */
export async function startGuardedDynamoDbLocal(): Promise<LocalDynamoDb | undefined> {
  const started = await startDynamoDbLocal({ isShared: false });
  if (started === undefined) return undefined;
  const secret = randomBytes(16).toString("hex");
  const agent = new Agent({ keepAlive: true });
  const front = await listenForPrograms((request, response) =>
    pass(request, response, { agent, endpoint: started.endpoint, secret }),
  );
  return {
    endpoint: front.endpoint,
    async close() {
      await front.close();
      agent.destroy();
      started.process.kill();
    },
  };
}

type Inner = { agent: Agent; endpoint: string; secret: string };

function pass(request: IncomingMessage, response: ServerResponse, { agent, endpoint, secret }: Inner): void {
  const { method, headers, url = "/" } = request;
  // As far as the emulator looks at it, and in one region, whichever its caller names.
  const authorization = headers.authorization?.replace(
    /Credential=[^/]*\/(\d+)\/[^/]*/,
    `Credential=${secret}/$1/us-east-1`,
  );
  const inner = send(
    new URL(url, endpoint),
    { agent, method, headers: { ...headers, ...(authorization && { authorization }) } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  inner.once("error", () => response.destroy());
  request.pipe(inner);
}
