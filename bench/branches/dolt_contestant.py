"""DoltLite on branches (a file named as its library would be imported in its place): calls as lines of JSON on standard input, answers on standard output. Times itself."""

import doltlite  # noqa: F401  first: it puts its library in place of SQLite
import hashlib
import json
import sqlite3
import sys
import time

CITIES = ["Athens", "Berlin", "Lagos", "Lisbon", "Lyon", "Nairobi", "Oslo", "Porto", "Pune", "Quito"]
RAISE = [1000, 2000]
connection = None


def q(sql, *parameters):
    return connection.execute(sql, parameters).fetchall()


def handle_of(i):
    return f"u{i:07d}"


def row_of(i, raised=0):
    return (
        handle_of(i),
        18 + (i * 7919) % 60 + raised,
        (i * 104729) % 1000000 / 4 + raised,
        CITIES[i * 31 % len(CITIES)],
        f"2010-01-{1 + i % 28:02d}",
    )


def edited(facts, side, turn):
    n, rows = facts["n"], facts["rows"]
    spread = facts["placement"] == "spread"
    step = rows // n if spread else 1
    start = (2 * turn + side) % step if spread else (2 * turn + side) * n
    return [(start + j * step) % rows for j in range(n)]


def connect(folder):
    global connection
    connection = sqlite3.connect(f"{folder}/rival.dolt", isolation_level=None)


def load(folder, rows):
    connect(folder)
    q("CREATE TABLE users (handle TEXT PRIMARY KEY, age INT, score REAL, city TEXT, joined TEXT)")
    q("BEGIN")
    connection.executemany("INSERT INTO users VALUES (?, ?, ?, ?, ?)", (row_of(i) for i in range(rows)))
    q("COMMIT")
    q("SELECT dolt_commit('-A', '-m', 'base')")


def make(name):
    q("SELECT dolt_branch(?)", name)


def drop(*names):
    q("SELECT dolt_checkout('main')")
    for name in names:
        q("SELECT dolt_branch('-D', ?)", name)


def edit(name, facts, side, turn):
    q("SELECT dolt_checkout(?)", name)
    rows = (row_of(i, RAISE[side]) for i in edited(facts, side, turn))
    q("BEGIN")
    connection.executemany(
        "UPDATE users SET age = ?, score = ? WHERE handle = ?", ((age, score, handle) for handle, age, score, _, _ in rows)
    )
    q("COMMIT")
    return q("SELECT dolt_commit('-A', '-m', 'edit')")[0][0]


def state_of(name):
    q("SELECT dolt_checkout(?)", name)
    digest, count = hashlib.sha256(), 0
    for handle, age, score, city, joined in connection.execute("SELECT * FROM users ORDER BY handle"):
        digest.update(f"{handle}|{age}|{int(score * 4)}|{city}|{joined}\n".encode())
        count += 1
    return {"rows": count, "digest": digest.hexdigest()}


def crowd(count):
    for i in range(count):
        make(f"other-{i}")


def disperse(count):
    drop(*(f"other-{i}" for i in range(count)))


def create(facts, turn):
    name = f"made-beside-{facts['others']}-{turn}"
    return lambda: make(name), lambda: state_of(name), lambda: drop(name)


def first_write(facts, turn):
    name, at = f"written-{turn}", edited(facts, 0, turn)[0]
    make(name)
    q("SELECT dolt_checkout(?)", name)

    def run():
        q("UPDATE users SET age = 99 WHERE handle = ?", handle_of(at))
        q("SELECT dolt_commit('-A', '-m', 'edit')")

    return run, lambda: state_of(name), lambda: drop(name)


def left(facts, turn):
    ours, theirs = f"ours-{turn}", f"theirs-{turn}"
    q("SELECT dolt_checkout(?)", ours)
    return lambda: q("SELECT dolt_merge(?)", theirs), lambda: state_of(ours), lambda: drop(ours, theirs)


def merge(facts, turn):
    names = f"ours-{turn}", f"theirs-{turn}"
    for name in names:
        make(name)
    for side, name in enumerate(names):
        edit(name, facts, side, turn)
    return left(facts, turn)


def diff(facts, turn):
    name, found = f"differs-{turn}", {"rows": 0, "raised": 0}
    base = q("SELECT commit_hash FROM dolt_log LIMIT 1")[0][0]
    make(name)
    commit = edit(name, facts, 0, turn)

    def run():
        for row in connection.execute(
            "SELECT from_age, to_age, * FROM dolt_diff_users WHERE from_commit = ? AND to_commit = ?", (base, commit)
        ):
            found["rows"] += 1
            found["raised"] += row[1] - row[0]

    return run, lambda: found, lambda: drop(name)


def revert(facts, turn):
    name = f"reverted-{turn}"
    make(name)
    edit(name, facts, 0, turn)
    return lambda: q("SELECT dolt_revert('HEAD')"), lambda: state_of(name), lambda: drop(name)


PREPARE = {"create": create, "firstWrite": first_write, "merge": merge, "diff": diff, "revert": revert}


def answer(workload, facts):
    run, result, end = PREPARE[workload](facts, 0)
    run()
    found = result()
    end()
    return found


def timed(workload, facts, start, count):
    samples = []
    for turn in range(start, start + count):
        run, _, end = PREPARE[workload](facts, turn)
        began = time.perf_counter()
        run()
        samples.append((time.perf_counter() - began) * 1e3)
        end()
    return {"own": samples, "floor": []}


def status(name):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def memory(facts, turn, is_left):
    if sys.platform != "linux":
        return None
    run = (left if is_left else merge)(facts, turn)[0]
    with open("/proc/self/clear_refs", "w") as peak:
        peak.write("5")
    before = status("VmRSS")
    run()
    return status("VmHWM") - before


def leave(facts, turn):
    merge(facts, turn)


CALLS = {
    "open": load,
    "reopen": connect,
    "crowd": crowd,
    "disperse": disperse,
    "answer": answer,
    "time": timed,
    "memory": memory,
    "leave": leave,
    "end": lambda: connection.close(),
}

for line in sys.stdin:
    request = json.loads(line)
    reply = {"id": request["id"]}
    try:
        reply["value"] = CALLS[request["call"]](*request["args"])
    except Exception as error:  # noqa: BLE001  it is the caller's to report
        reply["error"] = repr(error)
    print(json.dumps(reply), flush=True)
    if request["call"] == "end":
        break
