# P95 by tool, share of calls that failed, tokens by model: what `step-log stats` tells, of all lines.
# First to arrays, and these put into groups: adding to an array call by call takes jq fifty times as long.
def percentile($p): sort | ((length - 1) * $p) as $at | ($at | floor) as $low
  | if $low == $at then .[$low] else .[$low] + (.[$low + 1] - .[$low]) * ($at - $low) end;
[ inputs | select(.type == "tool_call" or .type == "llm_call")
  | [.tool, .duration_ms, .error, .model, .input_tokens, .output_tokens] ]
| { p95: (map(select(.[0])) | group_by(.[0]) | map({key: .[0][0], value: (map(.[1]) | percentile(0.95))})
      | from_entries),
    errorRate: ((map(select(.[2])) | length) / length),
    tokens: (map(select(.[3])) | group_by(.[3])
      | map({key: .[0][3], value: {input: (map(.[4]) | add), output: (map(.[5]) | add)}}) | from_entries) }
