"""Measures tooz for Muster's benchmarks, one command a line, one answer a line.

  lock URL SECONDS      acquire and release one lock, one thread, blocking API
  build NODES SECONDS   make a hash ring of so many nodes
  lookup NODES SECONDS  look keys up in it
  change NODES SECONDS  add a node to it and remove it again
Answers "COUNT NANOSECONDS", or "error WHY".
"""
import sys
import time

try:
    from importlib.metadata import version

    from tooz import coordination, hashring

except ImportError as missing:
    print("missing", missing, flush=True)
    sys.exit(0)

coordinators = {}
rings = {}
KEYS = [b"key-%d" % i for i in range(4096)]


def repeat(seconds, work, batch):
    """Does `work` in batches, between which alone the clock is read."""
    count = 0
    begin = time.perf_counter_ns()
    end = begin + int(float(seconds) * 1e9)
    while True:
        for i in range(batch):
            work(i)
        count += batch
        now = time.perf_counter_ns()
        if now >= end:
            return "%d %d" % (count, now - begin)


def lock(url, seconds):
    if url not in coordinators:
        coordinator = coordination.get_coordinator(url, b"bench-peer")
        coordinator.start()
        # The file driver joins the name to a path of bytes, the ipc driver to one of text.
        name = b"bench" if url.startswith("file:") else "bench"
        coordinators[url] = coordinator.get_lock(name)
    held = coordinators[url]

    def pair(_):
        if not held.acquire():
            raise RuntimeError("the lock was not acquired")
        held.release()

    return repeat(seconds, pair, 64)


def names(nodes):
    return ["node-%d" % i for i in range(int(nodes))]


def build(nodes, seconds):
    members = names(nodes)
    return repeat(seconds, lambda _: hashring.HashRing(members), 1)


def lookup(nodes, seconds):
    ring = rings.setdefault(nodes, hashring.HashRing(names(nodes)))
    return repeat(seconds, lambda i: ring.get_nodes(KEYS[i]), len(KEYS))


def change(nodes, seconds):
    ring = hashring.HashRing(names(nodes))

    def add_and_remove(_):
        ring.add_node("another")
        ring.remove_node("another")

    return repeat(seconds, add_and_remove, 1)


COMMANDS = {"lock": lock, "build": build, "lookup": lookup, "change": change}

print("tooz %s, Python %s" % (version("tooz"), sys.version.split()[0]), flush=True)
for line in sys.stdin:
    command, *arguments = line.split()
    try:
        print(COMMANDS[command](*arguments), flush=True)
    except Exception as e:
        print("error", type(e).__name__, str(e).replace("\n", " "), flush=True)
