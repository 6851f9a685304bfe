import type { Flag } from "../../src/model/progress.ts";
import { Expression } from "../../src/store/dynamodb/expression.ts";
import { FLAG_ATTRIBUTES, flagAttributes } from "../../src/store/items.ts";

/** The update with which the store sets a flag where there is none yet. */
export function newFlag(flag: Omit<Flag, "catalogVersion">) {
  const expression = new Expression();
  const attributes = flagAttributes({ ...flag, catalogVersion: "0123456789abcdef" });
  const removed = FLAG_ATTRIBUTES.filter((name) => !(name in attributes));
  return {
    UpdateExpression: expression.set(attributes) + expression.remove(removed),
    ConditionExpression: expression.unchanged(FLAG_ATTRIBUTES, {}),
    ...expression.bindings,
  };
}
