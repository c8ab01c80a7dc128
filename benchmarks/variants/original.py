"""The way of the Python library: for each record a lock, open, json.dumps, write, close.

Takes the task that the workers take, with "kind", and tells the result in the same way.
"""

import json
import resource
import sys
import threading
import time

BURST = 5


def wire(run_id, i):
    step = i + 1
    kind = i % 5
    if kind == 0:
        return {
            "run_id": run_id,
            "step": step,
            "type": "llm_call",
            "model": "claude-sonnet-4-6",
            "input_tokens": 1200 + i % 800,
            "output_tokens": 340 + i % 90,
            "stop_reason": "tool_use",
            "duration_ms": 1840 + i % 700 + 0.125,
            "ts": time.time(),
        }
    if kind == 3:
        return {
            "run_id": run_id,
            "step": step,
            "type": "llm_call",
            "model": "claude-sonnet-4-6",
            "input_tokens": 2900 + i % 800,
            "output_tokens": 512 + i % 90,
            "cache_read_tokens": 1024,
            "stop_reason": "end_turn",
            "response_id": f"msg_01{i}",
            "duration_ms": 2310 + i % 700 + 0.75,
            "ts": time.time(),
        }
    tool, call_id, given, output, duration_ms = CALLS[kind](i)
    record = {"run_id": run_id, "step": step, "type": "tool_call", "tool": tool}
    if call_id is not None:
        record["tool_call_id"] = call_id
    record.update(input=given, output=output, error=None, duration_ms=duration_ms, ts=time.time())
    return record


CALLS = {
    1: lambda i: (
        "search_documents",
        None,
        {"query": f"revenue of Q{i % 4} by region", "limit": 10},
        {"results": [], "total": 0},
        240 + i % 97 + 0.5,
    ),
    2: lambda i: (
        "read_file",
        f"toolu_{i}",
        {"path": f"reports/2025/quarter-{i % 4}.md"},
        f"# Quarter {i % 4}\n\nNet revenue rose to 41.7 million, chiefly in the north region; costs fell.",
        3 + i % 9 + 0.25,
    ),
    4: lambda i: (
        "run_query",
        f"toolu_{i}",
        {
            "sql": "SELECT region, sum(net) AS net FROM sales WHERE year = 2025 GROUP BY region",
            "timeout": 30,
        },
        {"rows": [{"region": "north", "net": 17.4 + i % 8}], "columns": ["region", "net"]},
        55 + i % 50 + 0.5,
    ),
}

task = json.loads(sys.argv[1])
lock = threading.Lock()


def record(i):
    entry = wire(task["runId"], i)
    with lock:
        with open(task["path"], "a") as file:
            file.write(json.dumps(entry) + "\n")


def flood():
    cpu, start = time.process_time(), time.perf_counter()
    for i in range(task["records"]):
        record(i)
    seconds = time.perf_counter() - start
    used = time.process_time() - cpu
    return {
        "perSecond": task["records"] / seconds,
        "cpuMicros": used * 1e6 / task["records"],
        "maxRssMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def paced():
    records = task["records"]
    micros = []
    cpu = 0
    for i in range(2 * records):
        if i == records:
            cpu = time.process_time()
        start = time.perf_counter()
        record(i)
        micros.append((time.perf_counter() - start) * 1e6)
        if i % BURST == BURST - 1:
            time.sleep(0.001)
    used = time.process_time() - cpu
    first, then = sorted(micros[:records]), sorted(micros[records:])
    at = lambda values, fraction: values[min(records - 1, int(records * fraction))]
    return {
        "firstP50": at(first, 0.5),
        "firstP99": at(first, 0.99),
        "p50": at(then, 0.5),
        "p99": at(then, 0.99),
        "p999": at(then, 0.999),
        "max": at(then, 1),
        "cpuMicros": used * 1e6 / records,
    }


print(json.dumps({"flood": flood, "paced": paced}[task["kind"]]()))
