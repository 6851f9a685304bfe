import type { Item } from "../items.ts";

/** A value as it lies in an answer of DynamoDB: `{ "S": "ruby" }`. */
type AttributeValue = Record<string, unknown>;

const DECODERS: Record<string, (value: never) => unknown> = {
  S: (text: string) => text,
  BOOL: (value: boolean) => value,
  NULL: () => null,
  N: Number,
  B: (text: string) => bytes(text),
  SS: (texts: string[]) => new Set(texts),
  NS: (numbers: string[]) => new Set(numbers.map(Number)),
  BS: (texts: string[]) => new Set(texts.map(bytes)),
  L: (values: AttributeValue[]) => values.map(decode),
  M: (values: Record<string, AttributeValue>) => decodeItem(values),
};

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

function decode(value: AttributeValue): unknown {
  for (const type in value) return DECODERS[type]?.(value[type] as never);
  return undefined;
}

/** An item of an answer as the document client would give it. The object itself, because a scan has millions of them. */
export function decodeItem(item: Record<string, AttributeValue>): Item {
  const decoded: Item = item;
  for (const name of Object.keys(item)) decoded[name] = decode(item[name] as AttributeValue);
  return decoded;
}
