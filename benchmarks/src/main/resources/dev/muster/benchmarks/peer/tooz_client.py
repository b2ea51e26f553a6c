"""One client of tooz for Muster's benchmarks: URL ID as arguments, then one command a line.

  lock NAME SECONDS    acquire and release that lock over and over
  group NAME SECONDS   join and leave that group over and over
  join NAME            answers the time just before the call
  leave
  watch NAME           answers "watching", then "joined TIME" or "left TIME" for each callback, until "stop"
The first two answer how many times, then for each "ASKED HAD LEAVING LEFT". Times are of CLOCK_MONOTONIC in
nanoseconds, which is the clock of the JVM too. A failure answers "error WHY".
"""
import select
import sys
import time

try:
    from importlib.metadata import version

    from tooz import coordination

except ImportError as missing:
    print("missing", missing, flush=True)
    sys.exit(0)

POLL_SECONDS = 0.01

now = time.monotonic_ns
locks = {}
joined = None


def repeat(seconds, take, give):
    tenures = []
    end = now() + int(float(seconds) * 1e9)
    while True:
        asked = now()
        take()
        had = now()
        give()
        left = now()
        tenures.append("%d %d %d %d" % (asked, had, had, left))
        if left >= end:
            print(len(tenures))
            return "\n".join(tenures)


def lock(name, seconds):
    if name not in locks:
        locks[name] = coordinator.get_lock(name.encode())
    held = locks[name]

    def take():
        if not held.acquire():
            raise RuntimeError("the lock was not acquired")

    return repeat(seconds, take, held.release)


def ensure(group):
    try:
        coordinator.create_group(group).get()
    except coordination.GroupAlreadyExist:
        pass


def group(name, seconds):
    group = name.encode()
    ensure(group)
    tenures = repeat(
        seconds,
        lambda: coordinator.join_group(group).get(),
        lambda: coordinator.leave_group(group).get(),
    )
    coordinator.delete_group(group).get()
    return tenures


def join(name):
    global joined
    joined = name.encode()
    asked = now()
    coordinator.join_group(joined).get()
    return asked


def leave():
    coordinator.leave_group(joined).get()
    return "done"


def watch(name):
    group = name.encode()
    ensure(group)

    def on_join(event):
        print("joined", now(), flush=True)

    def on_leave(event):
        print("left", now(), flush=True)

    coordinator.watch_join_group(group, on_join)
    coordinator.watch_leave_group(group, on_leave)
    coordinator.run_watchers()
    print("watching", flush=True)
    while not select.select([sys.stdin], [], [], POLL_SECONDS)[0]:
        coordinator.run_watchers()
    sys.stdin.readline()
    coordinator.unwatch_join_group(group, on_join)
    coordinator.unwatch_leave_group(group, on_leave)
    coordinator.delete_group(group).get()
    return "stopped"


COMMANDS = {"lock": lock, "group": group, "join": join, "leave": leave, "watch": watch}

try:
    coordinator = coordination.get_coordinator(sys.argv[1], sys.argv[2].encode())
    coordinator.start(start_heart=True)
except Exception as e:
    print("error", type(e).__name__, str(e).replace("\n", " "), flush=True)
    sys.exit(0)
print("tooz %s, Python %s" % (version("tooz"), sys.version.split()[0]), flush=True)

# No buffer: select would not see the lines in it.
while True:
    line = sys.stdin.readline()
    if not line:
        break
    command, *arguments = line.split()
    try:
        print(COMMANDS[command](*arguments), flush=True)
    except Exception as e:
        print("error", type(e).__name__, str(e).replace("\n", " "), flush=True)
coordinator.stop()
