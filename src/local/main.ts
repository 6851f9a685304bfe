import { StartError } from "../commands/start-error.ts";
import { EnvironmentError, readEnvironment } from "../process/environment.ts";
import { createLog } from "../process/logger.ts";
import { startServer } from "./server.ts";

try {
  const environment = readEnvironment();
  const server = await startServer(environment, createLog(environment));
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      // An open handle that is forgotten must not keep a stopped service running.
      void server.close().then(() => process.exit(0));
    });
  // Whoever waits for it may stop the service at once.
  console.log(server.banner);
} catch (error) {
  if (!(error instanceof EnvironmentError || error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
