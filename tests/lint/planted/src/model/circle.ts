import { after } from "./circle-back.ts";

export const before = (): string => after();
