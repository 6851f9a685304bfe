const NAME = /^[!#$%&'*+\-.^_`|~\w]+$/;
const FORBIDDEN_IN_VALUE = /[\0\r\n]|[^\0-\xff]/;
const AROUND_VALUE = /^[\t\n\r ]+|[\t\n\r ]+$/g;
const COOKIE = "set-cookie";

type Source = Iterable<[string, string]> | Readonly<Record<string, string>>;

/** What `Headers` of the Fetch standard is, as far as a function's requests and answers need it. */
export class Headers {
  readonly #values = new Map<string, string[]>();

  constructor(source?: Source) {
    if (source === undefined) return;
    const entries = Symbol.iterator in source ? (source as Iterable<[string, string]>) : Object.entries(source);
    for (const [name, value] of entries) this.append(name, value);
  }

  get(name: string): string | null {
    return this.#values.get(known(name))?.join(", ") ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(known(name));
  }

  set(name: string, value: string): void {
    this.#values.set(known(name), [sound(value)]);
  }

  append(name: string, value: string): void {
    const [key, added] = [known(name), sound(value)];
    const before = this.#values.get(key);
    if (before) before.push(added);
    else this.#values.set(key, [added]);
  }

  delete(name: string): void {
    this.#values.delete(known(name));
  }

  getSetCookie(): string[] {
    return [...(this.#values.get(COOKIE) ?? [])];
  }

  forEach(take: (value: string, name: string) => void): void {
    for (const [name, value] of this) take(value, name);
  }

  /** By name, and each cookie by itself. */
  *entries(): Generator<[string, string]> {
    for (const name of [...this.#values.keys()].sort()) {
      const values = this.#values.get(name) ?? [];
      if (name === COOKIE) for (const value of values) yield [name, value];
      else yield [name, values.join(", ")];
    }
  }

  [Symbol.iterator](): Generator<[string, string]> {
    return this.entries();
  }
}

function known(name: string): string {
  if (!NAME.test(name)) throw new TypeError("A header's name is not valid");
  return name.toLowerCase();
}

function sound(value: string): string {
  const trimmed = String(value).replace(AROUND_VALUE, "");
  if (FORBIDDEN_IN_VALUE.test(trimmed)) throw new TypeError("A header's value is not valid");
  return trimmed;
}
