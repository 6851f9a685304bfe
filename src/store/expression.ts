import type { Item } from "./items.ts";

/** Names and values of one DynamoDB expression, every attribute behind a placeholder, since many names are reserved. */
export class Expression {
  readonly names: Record<string, string> = {};
  readonly values: Item = {};

  name(attribute: string): string {
    const placeholder = `#${attribute}`;
    this.names[placeholder] = attribute;
    return placeholder;
  }

  value(label: string, value: unknown): string {
    const placeholder = `:${label}`;
    this.values[placeholder] = value;
    return placeholder;
  }

  /** Holds where each of the attributes still is what it was, or still is not there. */
  unchanged(attributes: readonly string[], was: Item): string {
    return attributes
      .map((attribute) =>
        was[attribute] === undefined
          ? `attribute_not_exists(${this.name(attribute)})`
          : `${this.name(attribute)} = ${this.value(`was_${attribute}`, was[attribute])}`,
      )
      .join(" AND ");
  }

  set(attributes: Item): string {
    return `SET ${Object.entries(attributes)
      .map(([attribute, value]) => `${this.name(attribute)} = ${this.value(attribute, value)}`)
      .join(", ")}`;
  }

  setMissing(attributes: Item): string {
    return `SET ${Object.entries(attributes)
      .map(
        ([attribute, value]) =>
          `${this.name(attribute)} = if_not_exists(${this.name(attribute)}, ${this.value(attribute, value)})`,
      )
      .join(", ")}`;
  }

  remove(attributes: readonly string[]): string {
    return attributes.length === 0 ? "" : ` REMOVE ${attributes.map((attribute) => this.name(attribute)).join(", ")}`;
  }

  get bindings() {
    return {
      ExpressionAttributeNames: this.names,
      ...(Object.keys(this.values).length > 0 && { ExpressionAttributeValues: this.values }),
    };
  }
}
