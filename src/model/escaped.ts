const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text as text in HTML, between tags and between quotes, whoever wrote it. */
export const escaped = (value: unknown): string =>
  String(value).replace(/[&<>"']/g, (letter) => ENTITIES[letter] as string);
