import { connect } from "node:net";

/** Sends one request after another. @throws Error for any answer but 200 */
export type Connection = { post(body: Buffer): Promise<string>; get(path: string): Promise<string>; close(): void };

const TIMEOUT_MS = 30_000;

/**
 * A keep-alive connection of the plainest kind. Client and service share the machine's cores, and what a full HTTP
 * client takes of them would count against the service.
 */
export function openConnection(url: string, path: string): Promise<Connection> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname).setNoDelay();
  let received = "";
  let waiting: PromiseWithResolvers<string> | undefined;

  // The answers are ASCII, so that a character is a byte.
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    received += chunk;
    const body = received.indexOf("\r\n\r\n") + 4;
    if (body < 4) return;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(received.slice(0, body))?.[1]);
    if (received.length < body + length) return;
    const answer = received;
    received = "";
    if (answer.startsWith("HTTP/1.1 200") && answer.length === body + length) waiting?.resolve(answer.slice(body));
    else waiting?.reject(new Error(answer));
  });

  const connection: Connection = {
    post(body) {
      waiting = Promise.withResolvers<string>();
      socket.cork();
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
      socket.write(body);
      socket.uncork();
      return waiting.promise;
    },
    get(path) {
      waiting = Promise.withResolvers<string>();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      return waiting.promise;
    },
    close: () => void socket.destroy(),
  };
  return new Promise((done, failed) => {
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error("The service does not answer")));
    socket.on("connect", () => done(connection));
    socket.on("error", (error) => {
      failed(error);
      waiting?.reject(error);
    });
    socket.on("close", () => waiting?.reject(new Error("The service closed the connection")));
  });
}
