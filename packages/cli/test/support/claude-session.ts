/** A transcript of Claude Code, as text: a prompt, then turns of a model that calls a tool. */
export function claudeSession(
  sessionId: string,
  turns: number,
  { secret = "nothing", unanswered = false }: { secret?: string; unanswered?: boolean } = {},
): string {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 22, 9, 0, second)).toISOString();
  const entries: object[] = [
    { type: "user", timestamp: at(0), message: { role: "user", content: `Read it: ${secret}` } },
  ];
  for (let turn = 0; turn < turns; turn++) {
    const id = `toolu_${turn}`;
    const usage = { input_tokens: 10, cache_read_input_tokens: 1_000 * turn, output_tokens: 30 };
    const input = { file_path: `/src/${turn}.ts` };
    entries.push({
      type: "assistant",
      timestamp: at(2 * turn + 1),
      message: {
        id: `msg_${sessionId}_${turn}`,
        role: "assistant",
        model: "claude-opus-4-5",
        content: [{ type: "tool_use", id, name: "Read", input }],
        usage,
      },
    });
    if (unanswered && turn === turns - 1) continue;
    const result = { type: "tool_result", tool_use_id: id, content: `file ${turn}` };
    entries.push({
      type: "user",
      timestamp: at(2 * turn + 2),
      message: { role: "user", content: [result] },
    });
  }
  return entries
    .map((entry, index) => `${JSON.stringify({ ...entry, sessionId, uuid: `u${index}` })}\n`)
    .join("");
}
