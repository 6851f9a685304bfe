import type { Context } from "hono";
import * as z from "zod";
import { AppError } from "../../model/errors.ts";
import { EventBatch, isBatch } from "../../model/event-batch.ts";
import type { EventResult } from "../../service/ingest/event-result.ts";
import { MAX_ANSWER_BYTES } from "../../service/read/answer-size.ts";
import { readJson } from "../body.ts";
import { senderOf } from "../caller.ts";
import { fitLists, type KnownSizes } from "../fit-lists.ts";
import { jsonAnswer, textAnswer } from "../json-answer.ts";
import { parse } from "../query.ts";
import { note } from "../request-log.ts";
import type { Identify, Services } from "../route.ts";
import { acceptedJson, resultJson } from "../wire.ts";

/** What stands between two results, and around them. */
const AROUND_BYTES = 32;

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
  if (isBatch(body) || only === undefined) return textAnswer(context, batchText(results));
  if (only.error)
    throw new AppError(only.error.code, only.error.message, { ...only.error.extras, event_id: only.eventId ?? null });
  return jsonAnswer(context, fitLists(acceptedJson(only)));
}

/** A `BatchResult`. It is made result by result, none larger than its share, so that it is never larger than an answer may be. */
function batchText(results: readonly EventResult[]): string {
  const share = MAX_ANSWER_BYTES / results.length - AROUND_BYTES;
  const known: KnownSizes = new Map();
  return `{"results":[${results.map((result) => JSON.stringify(fitLists(resultJson(result), share, known))).join(",")}]}`;
}
