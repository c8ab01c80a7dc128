/** What an `llm_call` should say of recorded messages; `undefined` of what it should leave out. */
export interface Expected {
  readonly model: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly stop_reason: string | null;
  readonly cache_read_tokens?: number;
  readonly reasoning_tokens?: number;
  readonly response_id?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: recorded JSON, read here the plainest way
type Message = any;

/** Reads recorded messages of an API by hand: the last that tells a thing is right. */
export function expectedUsage(api: string, messages: readonly Message[]): Expected {
  if (api === "anthropic") return anthropic(messages);
  return api === "openairesponses" ? responses(messages) : chat(messages);
}

function anthropic(messages: readonly Message[]): Expected {
  const start = messages[0].message ?? messages[0];
  const delta = messages.findLast((it) => it.type === "message_delta");
  const usage = { ...start.usage, ...delta?.usage };
  const besides = (usage.iterations ?? []).filter((it: Message) => it.type === "compaction");
  const parts = [usage, ...besides];
  const total = (key: string) => parts.reduce((sum, part) => sum + (part[key] ?? 0), 0);
  const read = total("cache_read_input_tokens");
  return {
    model: start.model,
    response_id: start.id,
    input_tokens: total("input_tokens") + read + total("cache_creation_input_tokens"),
    output_tokens: total("output_tokens"),
    stop_reason: delta?.delta.stop_reason ?? start.stop_reason,
    ...(usage.cache_read_input_tokens === undefined ? {} : { cache_read_tokens: read }),
  };
}

function chat(messages: readonly Message[]): Expected {
  const usage = messages.findLast((it) => it.usage)?.usage;
  const choice = messages.findLast((it) => it.choices?.[0]?.finish_reason)?.choices[0];
  return {
    model: messages.find((it) => it.model)?.model ?? null,
    input_tokens: usage?.prompt_tokens ?? null,
    output_tokens: usage?.completion_tokens ?? null,
    stop_reason: choice?.finish_reason ?? null,
    ...withId(messages.find((it) => it.id)?.id),
  };
}

function responses(messages: readonly Message[]): Expected {
  const last = messages.findLast((it) => it.response?.usage)?.response ?? messages.at(-1);
  const reasoning = last.usage?.output_tokens_details?.reasoning_tokens;
  return {
    model: last.model ?? null,
    input_tokens: last.usage?.input_tokens ?? null,
    output_tokens: last.usage?.output_tokens ?? null,
    stop_reason: last.incomplete_details?.reason ?? last.status ?? null,
    ...(reasoning === undefined ? {} : { reasoning_tokens: reasoning }),
    ...withId(last.id),
  };
}

function withId(id: string | undefined) {
  return id === undefined ? {} : { response_id: id };
}
