/** From 0 to 15. Pages that came by plain http have no `randomUUID`, and very old browsers no `crypto` at all. */
const randomDigit = (): number =>
  globalThis.crypto ? (crypto.getRandomValues(new Uint8Array(1))[0] as number) & 15 : Math.floor(Math.random() * 16);

/** A new event's id: a random UUID. */
export const newId = (): string =>
  globalThis.crypto?.randomUUID?.() ??
  "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () => randomDigit().toString(16));
