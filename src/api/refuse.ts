import { AppError, type InputFault } from "../model/errors.ts";

/** @throws AppError SCHEMA_VALIDATION_FAILED with what is wrong in a request */
export function refuse(errors: InputFault[]): never {
  throw new AppError("SCHEMA_VALIDATION_FAILED", "The request does not have the expected form.", { errors });
}
