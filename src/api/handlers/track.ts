import type { Context } from "hono";
import * as z from "zod";
import type { BatchResult } from "../../contract/index.ts";
import { AppError } from "../../model/errors.ts";
import { EventBatch, isBatch } from "../../model/event-batch.ts";
import { readJson } from "../body.ts";
import { senderOf } from "../caller.ts";
import { parse } from "../query.ts";
import { note } from "../request-log.ts";
import type { Identify, Services } from "../route.ts";
import { acceptedJson, resultJson } from "../wire.ts";

/** A token that is no text is as none. */
const TokenInBody = z.object({ token: z.string().nullish() }).catch({});

export async function track(context: Context, { ingest }: Services, identify: Identify): Promise<Response> {
  const body = await readJson(context);
  // A beacon cannot send a header.
  const sender = senderOf(await identify(parse(TokenInBody, body).token ?? undefined));
  const events = isBatch(body) ? parse(EventBatch, body).events : [body];
  note(context, { events });
  const results = await ingest(events, sender);
  note(context, { results });
  const [only] = results;
  if (isBatch(body) || only === undefined)
    return context.json({ results: results.map(resultJson) } satisfies BatchResult);
  if (only.error)
    throw new AppError(only.error.code, only.error.message, { ...only.error.extras, event_id: only.eventId ?? null });
  return context.json(acceptedJson(only));
}
