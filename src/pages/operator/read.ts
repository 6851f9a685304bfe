import { askForToken } from "../ask-for-token.ts";

/** The token is in memory alone, and an open service takes none. */
let token = "";

const get = (path: string) => fetch(path, { headers: token ? { Authorization: `Bearer ${token}` } : {} });

/** Two reads that meet a missing token ask for one together. */
let asking: Promise<string> | undefined;

type Problem = { code?: string; detail?: string; errors?: { path: string; message: string }[] };

/** Reads from the service. @throws Error with the service's words */
export async function read<T>(path: string): Promise<T> {
  const sent = token;
  let response = await get(path);
  // 403: the token is good for something else than reading.
  if (response.status === 401 || (response.status === 403 && sent)) {
    if (token === sent) {
      asking ??= askForToken().finally(() => {
        asking = undefined;
      });
      token = await asking;
    }
    response = await get(path);
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer as T;
  const { code = `HTTP_${response.status}`, detail = "The service did not say why.", errors = [] } = answer as Problem;
  throw new Error([`${code}: ${detail}`, ...errors.map(({ path, message }) => `${path}: ${message}.`)].join(" "));
}

type Page = { next_cursor: string | null };

/** Reads a list page by page. @returns what it has, and whether it goes on behind `most` pages */
export async function readAll<Answer extends Page, Item>(
  path: string,
  itemsOf: (answer: Answer) => Item[],
  most = 5,
): Promise<{ items: Item[]; isMore: boolean }> {
  const items: Item[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < most; page++) {
    const url = new URL(path, location.href);
    if (cursor !== null) url.searchParams.set("cursor", cursor);
    const answer: Answer = await read<Answer>(url.pathname + url.search);
    items.push(...itemsOf(answer));
    cursor = answer.next_cursor;
    if (cursor === null) return { items, isMore: false };
  }
  return { items, isMore: true };
}

/** Asks the same of many, a few at a time. */
export async function ofEach<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
  atOnce = 4,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < items.length; index = next++) answers[index] = await ask(items[index] as Item);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return answers;
}
