"""Appends records as the Python library agent-step-log does: a line a record, json.dumps as it comes.

    python3 write_like_python.py FILE RUN_ID

Takes commands on stdin, a JSON object a line: {"llm_call": {…}} or {"tool_call": {…}} with the
arguments of the call. Answers each with the number of its step. At the end of the input it prints
what that library would say in sum.
"""

import json
import sys
import threading
import time


class StepLog:
    def __init__(self, path, run_id):
        self.path = path
        self.run_id = run_id
        self.steps = []
        self.lock = threading.Lock()

    def llm_call(self, model, input_tokens, output_tokens, stop_reason, duration_ms=0):
        return self.append(
            {
                "type": "llm_call",
                "model": model,
                "input_tokens": input_tokens,
                "output_tokens": output_tokens,
                "stop_reason": stop_reason,
                "duration_ms": duration_ms,
            }
        )

    def tool_call(self, tool, input, output=None, error=None, duration_ms=0):
        return self.append(
            {
                "type": "tool_call",
                "tool": tool,
                "input": input,
                "output": output,
                "error": error,
                "duration_ms": duration_ms,
            }
        )

    def append(self, record):
        # What is common to all stands behind the rest, and nothing is locked against other processes.
        with self.lock:
            record["run_id"] = self.run_id
            record["step"] = len(self.steps) + 1
            record["ts"] = time.time()
            self.steps.append(record)
            with open(self.path, "a") as file:
                file.write(json.dumps(record) + "\n")
        return record["step"]

    def summarize(self):
        llm = [step for step in self.steps if step["type"] == "llm_call"]
        tool = [step for step in self.steps if step["type"] == "tool_call"]
        return {
            "total_steps": len(self.steps),
            "llm_call_count": len(llm),
            "tool_call_count": len(tool),
            "total_tokens": sum(step["input_tokens"] + step["output_tokens"] for step in llm),
            "error_count": sum(1 for step in tool if step["error"]),
        }


def main(path, run_id):
    log = StepLog(path, run_id)
    for line in sys.stdin:
        for method, arguments in json.loads(line).items():
            print(getattr(log, method)(**arguments), flush=True)
    print(json.dumps(log.summarize()), flush=True)


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")
    main(*sys.argv[1:])
