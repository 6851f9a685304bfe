import { before } from "./circle.ts";

export const after = (): string => before();
