import type { ContentFault } from "../catalog/read-content.ts";
import { AppError } from "../model/errors.ts";
import { StoreFault } from "../store/open-store.ts";

/** A command or server cannot start as things are; the message says why, for people. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StartError";
  }
}

export const faultyContent = (place: string, faults: readonly ContentFault[]): StartError =>
  new StartError(
    [
      `The content in ${place} has ${faults.length} ${faults.length === 1 ? "fault" : "faults"}:`,
      ...faults.map(({ file, path, message }) => `  ${[file, path, message].filter(Boolean).join(": ")}`),
    ].join("\n"),
  );

/** @throws StartError that says what the store answered */
export const cannotOpen = (error: unknown): never => {
  if (error instanceof StoreFault) throw new StartError(error.message);
  const reason = error instanceof AppError ? (error.cause ?? error) : error;
  const { name, message, code } = reason as NodeJS.ErrnoException;
  throw new StartError(`The store cannot be opened: ${message || code || name}`);
};
