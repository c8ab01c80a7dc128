# One measurement in a process of its own: starts a program in a terminal of 80 by 24, presses keys as
# somebody would who waits for each page, and tells how long the pages took.
#
#   python3 terminal.py '{"argv": ["less", "FILE"], "first": "run_id", "keys": [["down", "j", 50, null]]}'
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

# A page has come when nothing more does for so long.
QUIET_S = 0.06
# Of a program that reads on after its first page.
SETTLED_S = 0.5
# What takes longer is no page.
PATIENCE_S = 60

task = json.loads(sys.argv[1])
started = time.perf_counter()
child, terminal = pty.fork()
if child == 0:
    os.environ.update(TERM="xterm-256color", HOME=task["home"], LESS="", LESSHISTFILE="-")
    os.execvp(task["argv"][0], task["argv"])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))


def draw(expected, quiet):
    """Reads what is drawn until it is there and nothing more comes; gives when its last byte came."""
    seen, last = b"", None
    while True:
        is_there = last is not None and expected in seen
        ready, _, _ = select.select([terminal], [], [], quiet if is_there else PATIENCE_S)
        if ready:
            seen += os.read(terminal, 1 << 16)
            last = time.perf_counter()
        elif is_there:
            return last
        else:
            sys.exit(f"{task['argv'][0]} does not show {expected!r}: {seen[-500:]!r}")


def rank(times, fraction):
    return sorted(times)[min(len(times) - 1, int(len(times) * fraction))]


result = {}
seen = b""
while task["first"].encode() not in seen:
    seen += os.read(terminal, 1 << 16)
result["firstMs"] = (time.perf_counter() - started) * 1000
while select.select([terminal], [], [], SETTLED_S)[0]:
    os.read(terminal, 1 << 16)

for name, key, times, expected in task["keys"]:
    took = []
    for _ in range(times):
        pressed = time.perf_counter()
        os.write(terminal, key.encode())
        took.append((draw((expected or "").encode(), QUIET_S) - pressed) * 1000)
    result[f"{name}Ms"] = rank(took, 0.5)
    result[f"{name}P95Ms"] = rank(took, 0.95)

os.kill(child, 9)
os.waitpid(child, 0)
print(json.dumps(result))
