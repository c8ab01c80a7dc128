# P95 by tool, share of calls that failed, tokens by model: what `step-log stats` tells, of all files.
import json
import os
import sys

tools, models, calls, errors = {}, {}, 0, 0
folder = sys.argv[1]
for name in os.listdir(folder):
    with open(os.path.join(folder, name), "rb") as lines:
        for line in lines:
            record = json.loads(line)
            kind = record["type"]
            if kind == "tool_call":
                tools.setdefault(record["tool"], []).append(record["duration_ms"])
            elif kind == "llm_call":
                tokens = models.setdefault(record["model"], {"input": 0, "output": 0})
                tokens["input"] += record["input_tokens"]
                tokens["output"] += record["output_tokens"]
            else:
                continue
            calls += 1
            errors += record.get("error") is not None


def percentile(values, fraction):
    values.sort()
    at = (len(values) - 1) * fraction
    low = int(at)
    return values[low] if low == at else values[low] + (values[low + 1] - values[low]) * (at - low)


p95 = {tool: percentile(values, 0.95) for tool, values in tools.items()}
print(json.dumps({"p95": p95, "errorRate": errors / calls, "tokens": models}))
