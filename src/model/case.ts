/** `module_slug` becomes `moduleSlug`. */
type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

/** `moduleSlug` becomes `module_slug`. */
type SnakeCase<S extends string> = S extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeCase<Tail>}`
  : S;

export type CamelKeys<T> = { [K in keyof T as K extends string ? CamelCase<K> : K]: T[K] };
export type SnakeKeys<T> = { [K in keyof T as K extends string ? SnakeCase<K> : K]: T[K] };

const memoized = (convert: (key: string) => string) => {
  const known = new Map<string, string>();
  return (key: string): string => {
    const seen = known.get(key);
    if (seen !== undefined) return seen;
    const converted = convert(key);
    // Only keys of our own schemas come here, but a bound costs nothing.
    if (known.size < 1_000) known.set(key, converted);
    return converted;
  };
};

export const camelCase = memoized((key) => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()));
export const snakeCase = memoized((key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

const mapKeys = (object: object, convert: (key: string) => string) => {
  const mapped: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) if (value !== undefined) mapped[convert(key)] = value;
  return mapped;
};

/** Own keys of one object, not of the objects inside it; undefined values are left out. */
export const camelKeys = <T extends object>(object: T): CamelKeys<T> => mapKeys(object, camelCase) as CamelKeys<T>;
export const snakeKeys = <T extends object>(object: T): SnakeKeys<T> => mapKeys(object, snakeCase) as SnakeKeys<T>;
