"""Sums up step-log files with nothing but the standard library, as a stranger to the project would.

    python3 summary.py [--well-formed] FILE...

Prints one JSON object with the keys of `run_end.summary`. Reads strictly: what is not JSON, has NaN
or a key twice, or is no record, counts as a bad line; what is not UTF-8 ends it. --well-formed counts
texts that cannot be written as UTF-8, since half of a character is missing, as bad lines, too.
"""

import json
import math
import sys

TOKENS = ("input", "output", "cache_read", "cache_write", "reasoning")
LIMITS = {
    "length",
    "model_length",
    "max_tokens",
    "max_output_tokens",
    "model_context_window_exceeded",
    "error_limit",
}


def reject_constant(name):
    raise ValueError(f"{name} is not JSON")


def reject_duplicates(pairs):
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def parse(line, well_formed):
    """The record of a line, or None."""
    try:
        record = json.loads(
            line, parse_constant=reject_constant, object_pairs_hook=reject_duplicates
        )
        if well_formed:
            json.dumps(record, ensure_ascii=False).encode()
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    known = isinstance(record.get("run_id"), str) and isinstance(record.get("type"), str)
    return record if known and is_count(record.get("step")) and is_number(record.get("ts")) else None


def lines_of(paths):
    for path in paths:
        # Text mode would take \r for a line end, too. What splitlines() takes for one beside \n,
        # U+0085 and U+2028 among them, a file of ours has only as escapes.
        with open(path, encoding="utf-8", newline="") as file:
            yield from file.read().splitlines()


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def is_count(value):
    return is_number(value) and isinstance(value, int) and value >= 0


def count(value):
    return value if is_count(value) else 0


def percentile(ordered, fraction):
    """As quantile_cont of SQL: between the two closest ranks, in a straight line."""
    if not ordered:
        return None
    position = (len(ordered) - 1) * fraction
    below = math.floor(position)
    above = math.ceil(position)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def spread(calls):
    known = sorted(max(0, call["duration_ms"]) for call in calls if is_number(call.get("duration_ms")))
    return {
        "count": len(known),
        "p50": percentile(known, 0.5),
        "p95": percentile(known, 0.95),
        "p99": percentile(known, 0.99),
        "max": known[-1] if known else None,
        "mean": math.fsum(known) / len(known) if known else None,
    }


def tool_summary(calls):
    errors = sum(call.get("error") is not None for call in calls)
    return {"calls": len(calls), "errors": errors, "duration_ms": spread(calls)}


def model_summary(calls):
    return {
        **tool_summary(calls),
        "calls_without_usage": sum(not has_usage(call) for call in calls),
        "tokens": {kind: sum(count(call.get(f"{kind}_tokens")) for call in calls) for kind in TOKENS},
    }


def has_usage(call):
    return is_count(call.get("input_tokens")) or is_count(call.get("output_tokens"))


def grouped(calls, key):
    groups = {}
    for call in calls:
        name = call.get(key)
        groups.setdefault(name if isinstance(name, str) else "(unknown)", []).append(call)
    return groups


def started(record):
    """When it began: that is not known of what took longer than there is time."""
    begin = record["ts"] - (record["duration_ms"] / 1000 if is_number(record.get("duration_ms")) else 0)
    return begin if 0 <= begin <= record["ts"] else record["ts"]


def unfinished(records):
    def key(record):
        return record["run_id"], record.get("writer"), record["step"]

    ended = {key(record) for record in records if record["type"] in ("llm_call", "tool_call")}
    return len({key(record) for record in records if record["type"] == "step_start"} - ended)


def summarize(lines, well_formed):
    parsed = [parse(line, well_formed) for line in lines]
    records = [record for record in parsed if record is not None]
    of_type = grouped(records, "type")
    llm, tool, events = (of_type.get(name, []) for name in ("llm_call", "tool_call", "event"))
    runs = list(dict.fromkeys(record["run_id"] for record in records))
    stops = [call["stop_reason"] for call in llm if isinstance(call.get("stop_reason"), str)]
    all_llm, all_tool = model_summary(llm), tool_summary(tool)
    begin = min(map(started, records), default=None)
    end = max((record["ts"] for record in records), default=None)
    ends = of_type.get("run_end", [])
    return {
        "run_id": runs[0] if len(runs) == 1 else None,
        "runs": len(runs),
        "total_steps": len(llm) + len(tool) + len(events),
        "llm_call_count": len(llm),
        "tool_call_count": len(tool),
        "event_count": len(events),
        "unfinished_count": unfinished(records),
        "total_tokens": all_llm["tokens"]["input"] + all_llm["tokens"]["output"],
        "tokens": all_llm["tokens"],
        "llm_calls_without_usage": all_llm["calls_without_usage"],
        "error_count": all_llm["errors"] + all_tool["errors"],
        "token_limit_count": sum(stop.lower() in LIMITS for stop in stops),
        "dropped_count": sum(count(loss.get("count")) for loss in of_type.get("log_dropped", [])),
        "bad_lines": parsed.count(None),
        "duration_ms": 0 if begin is None else (end - begin) * 1000,
        "started_at": begin,
        "ended_at": end,
        "status": ends[-1]["status"] if len(runs) == 1 and ends else None,
        "percentiles": {"tool_call": all_tool["duration_ms"], "llm_call": all_llm["duration_ms"]},
        "by_model": {name: model_summary(calls) for name, calls in grouped(llm, "model").items()},
        "by_tool": {name: tool_summary(calls) for name, calls in grouped(tool, "tool").items()},
        "stop_reasons": {stop: stops.count(stop) for stop in dict.fromkeys(stops)},
    }


if __name__ == "__main__":
    files = [argument for argument in sys.argv[1:] if argument != "--well-formed"]
    print(json.dumps(summarize(lines_of(files), "--well-formed" in sys.argv)))
