import { Logger } from "@aws-lambda-powertools/logger";
import type { Environment } from "./environment.ts";
import type { Log } from "./log.ts";

/** The structured log: one JSON line per message, to standard output. */
export function createLog({ logLevel }: Pick<Environment, "logLevel">): Log {
  const logger = new Logger({ serviceName: "waymark", logLevel });
  return {
    debug: (message, details = {}) => logger.debug(message, details),
    info: (message, details = {}) => logger.info(message, details),
    warn: (message, details = {}) => logger.warn(message, details),
    error: (message, details = {}) => logger.error(message, details),
  };
}
