import type { Item } from "../items.ts";

/** Placeholders have letters, digits and underscores only. */
const identifier = (name: string) =>
  name.replace(/[^A-Za-z0-9_]/g, (character) => `_${character.charCodeAt(0).toString(16)}_`);

/** An expression is 4 KB long at most, so it asks for so many elements of sets: as many scores as one event has. */
const MAX_ASKED = 100;

/** Names and values of one DynamoDB expression, every attribute behind a placeholder, since many names are reserved. */
export class Expression {
  readonly names: Record<string, string> = {};
  readonly values: Item = {};
  #asked = 0;

  name(attribute: string): string {
    const placeholder = `#${identifier(attribute)}`;
    this.names[placeholder] = attribute;
    return placeholder;
  }

  value(label: string, value: unknown): string {
    const placeholder = `:${identifier(label)}`;
    this.values[placeholder] = value;
    return placeholder;
  }

  /** Holds where each of the attributes still is what it was, or still is not there. */
  unchanged(attributes: readonly string[], was: Item): string {
    return attributes
      .map((attribute) => {
        const [name, label, value] = [this.name(attribute), `was_${attribute}`, was[attribute]];
        if (value === undefined) return `attribute_not_exists(${name})`;
        return isComparable(value)
          ? `${name} = ${this.value(label, value)}`
          : `attribute_type(${name}, ${this.value(label, typeOf(value))})`;
      })
      .join(" AND ");
  }

  /** Holds for the items of a partition whose sort key is between two values, both inside. */
  within(partition: Record<string, string>, sort: string, { from, to }: { from: string; to: string }): string {
    const own = Object.entries(partition).map(([name, value]) => `${this.name(name)} = ${this.value(name, value)}`);
    const range = `${this.name(sort)} BETWEEN ${this.value("since", from)} AND ${this.value("until", to)}`;
    return [...own, range].join(" AND ");
  }

  set(attributes: Item): string {
    if (Object.keys(attributes).length === 0) return "";
    return `SET ${Object.entries(attributes)
      .map(([attribute, value]) => `${this.name(attribute)} = ${this.value(attribute, value)}`)
      .join(", ")}`;
  }

  setMissing(attributes: Item): string {
    if (Object.keys(attributes).length === 0) return "";
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

  /** Adds elements to sets. */
  add(sets: Record<string, Set<string>>): string {
    return this.#sets("ADD", sets);
  }

  /** Takes elements out of sets. */
  delete(sets: Record<string, Set<string>>): string {
    return this.#sets("DELETE", sets);
  }

  /**
   * Holds where a set has room for all of the elements among `most`, or has them all already. Where they are many, only
   * room counts.
   */
  fitsIn(attribute: string, elements: readonly string[], most: number): string {
    const name = this.name(attribute);
    const room = `size(${name}) <= ${this.value(`${attribute}_room`, most - elements.length)}`;
    const alternatives = [`attribute_not_exists(${name})`, room];
    this.#asked += elements.length;
    if (this.#asked <= MAX_ASKED) {
      const held = elements.map(
        (element, index) => `contains(${name}, ${this.value(`${attribute}_${index}`, element)})`,
      );
      alternatives.push(`(${held.join(" AND ")})`);
    }
    return `(${alternatives.join(" OR ")})`;
  }

  /** Holds where a set has these few elements and no others. Not every store compares sets. */
  holdsJust(attribute: string, elements: ReadonlySet<string>): string {
    const name = this.name(attribute);
    // No store keeps an empty set.
    if (elements.size === 0) return `attribute_not_exists(${name})`;
    const held = [...elements].map(
      (element, index) => `contains(${name}, ${this.value(`${attribute}_just_${index}`, element)})`,
    );
    return [`size(${name}) = ${this.value(`${attribute}_size`, elements.size)}`, ...held].join(" AND ");
  }

  #sets(verb: string, sets: Record<string, Set<string>>): string {
    const parts = Object.entries(sets).map(
      ([name, elements]) => `${this.name(name)} ${this.value(`${name}_set`, elements)}`,
    );
    return parts.length === 0 ? "" : ` ${verb} ${parts.join(", ")}`;
  }

  get bindings() {
    return {
      ExpressionAttributeNames: this.names,
      ...(Object.keys(this.values).length > 0 && { ExpressionAttributeValues: this.values }),
    };
  }
}

// We write nothing else. A number may lose digits on the way here, and not every store compares lists: of a faulty
// value it is enough that one of its type still stands there.
const isComparable = (value: unknown) => value === null || typeof value === "string" || typeof value === "boolean";

/** DynamoDB's name for the type of a value that is not comparable. */
function typeOf(value: unknown): string {
  if (typeof value === "number") return "N";
  if (value instanceof Uint8Array) return "B";
  if (value instanceof Set) return typeof [...value][0] === "string" ? "SS" : `${typeOf([...value][0])}S`;
  return Array.isArray(value) ? "L" : "M";
}
