/**
 * A content file as if every key whose value is null were left out. A JSON Schema is left as it is: there null is a value.
 * @param value nested no deeper than content may be
 */
export function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutNulls) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, key === "completion_data" ? inner : withoutNulls(inner)]),
  ) as T;
}
