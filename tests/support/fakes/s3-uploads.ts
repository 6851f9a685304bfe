import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { atFileEnd } from "../vitest/file-end.ts";

export type Upload = { path: string; type: string | undefined; cacheControl: string | undefined; body: Buffer };

/** Speaks as much of S3 as PutObject needs, and keeps what came, in order; gone when the test file is over. */
export async function startUploads(): Promise<{ endpoint: string; uploads: Upload[] }> {
  const uploads: Upload[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { url = "", method, headers } = incoming;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    if (method !== "PUT") return outgoing.writeHead(405).end();
    const { "content-type": type, "cache-control": cacheControl } = headers;
    uploads.push({ path: url.split("?")[0] ?? "", type, cacheControl, body: Buffer.concat(chunks) });
    return outgoing.writeHead(200, { ETag: '"any"' }).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  atFileEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, uploads };
}
