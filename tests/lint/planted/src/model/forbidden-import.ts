import { createStore } from "../store/dynamodb/store.ts";

export const open = createStore;
