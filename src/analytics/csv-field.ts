const NEEDS_QUOTES = /[",\r\n]/;

/** A field of RFC 4180; what is not known is an empty field, and an empty text is "". */
export function csvField(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  return value === "" || NEEDS_QUOTES.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
