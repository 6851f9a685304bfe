import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { atFileEnd } from "../vitest/file-end.ts";

/** A message as it was sent: attributes by name. */
export type SentMessage = { queueUrl: string; body: string; attributes: Record<string, string> };

export type SqsStub = {
  endpoint: string;
  /** The address of its only queue. */
  queueUrl: string;
  messages: SentMessage[];
  /** While it is down it refuses messages. */
  isDown: boolean;
};

/** Speaks as much of SQS as SendMessage needs; gone when the test file is over. */
export async function startSqs(): Promise<SqsStub> {
  const stub: SqsStub = { endpoint: "", queueUrl: "", messages: [], isDown: false };
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const send = (status: number, body: object) =>
      outgoing.writeHead(status, { "Content-Type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
    if (incoming.headers["x-amz-target"] !== "AmazonSQS.SendMessage")
      return send(400, { __type: "com.amazonaws.sqs#UnsupportedOperation", message: "SendMessage alone" });
    if (stub.isDown) return send(403, { __type: "com.amazon.coral.service#AccessDeniedException", message: "Denied" });
    const { QueueUrl, MessageBody, MessageAttributes = {} } = JSON.parse(`${Buffer.concat(chunks)}`);
    const attributes = Object.entries(MessageAttributes as Record<string, { StringValue: string }>);
    stub.messages.push({
      queueUrl: QueueUrl,
      body: MessageBody,
      attributes: Object.fromEntries(attributes.map(([name, { StringValue }]) => [name, StringValue])),
    });
    // The client compares it with what it sent.
    const MD5OfMessageBody = createHash("md5").update(MessageBody).digest("hex");
    return send(200, { MessageId: `dead-${stub.messages.length}`, MD5OfMessageBody });
  };
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  atFileEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  stub.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stub.queueUrl = `${stub.endpoint}/123456789012/dead-letters`;
  return stub;
}
