/** The type of a task that states none. It stands apart from the schema, which the service does not need to start. */
export const UNTYPED = "task";
