"""Stops the program, or lets a system call fail, at one call after another, and checks what is left.

    ROUNDABOUT=target/release/roundabout python3 tests/faults.py [--calls N] [--only NAME] [--jobs N]

Each command is run once under strace to list its system calls. Then it is run again for each chosen call: killed there, or with
the call failing for want of room (ENOSPC) or by a broken disk (EIO). After each fault:

- the exit code is 0 only if the results are those of an undisturbed run, to the byte;
- every scenario folder and every table is as the undisturbed run writes it, or as it was before, and nothing is lost;
- there is no panic and no hang, and an error names a path;
- the same command with --resume ends with the bytes of the undisturbed run, and leaves no hidden file or folder. Where the place is
  refused, --overwrite must do the same.

A call is counted in each thread by itself, so a fault may hit two threads. Linux only, run by hand; uses no package.
"""

import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.path.abspath(os.environ.get("ROUNDABOUT", REPOSITORY / "target/release/roundabout"))

CALLS = (
    "openat read write lseek pread64 close fsync fdatasync ftruncate flock fcntl statx newfstatat statfs getdents64 mkdir mkdirat "
    "rename renameat renameat2 link linkat unlink unlinkat rmdir copy_file_range sendfile getcwd readlink"
).split()
FAULTS = {"kill": "signal=KILL", "ENOSPC": "error=ENOSPC", "EIO": "error=EIO"}
PATIENCE = 120

SCENARIO = """
title = "Faults"
world = {world!r}
[horizon]
start = "2022-01"
months = 3
[simulation]
draws = 192
seed = 5
sampling = {{ latin_hypercube = {{}} }}
[parameters]
"commodity.grain.route_choice" = {{ uniform = {{ low = 2.0, high = 5.0 }} }}
[[measures.tariff]]
id = "duty"
issuer = "UNION"
commodities = ["grain"]
origins = ["SEL"]
destinations = ["UNION"]
from = "2022-02"
rate = {rate}
"""
SCENARIOS = {"first": 0.1, "second": 0.3}


@dataclasses.dataclass
class Trial:
    """A command to disturb."""

    name: str
    # Words after the program; `{out}` is the place of the results.
    words: list
    # What the place holds before; none if there is no such folder.
    before: pathlib.Path | None
    # How to go on, and how to start anew where that is refused.
    again: list
    anew: list
    # The files of an undisturbed run, and of the results that it replaces.
    new: dict = dataclasses.field(default_factory=dict)
    old: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Outcome:
    """What came of one fault."""

    call: str
    fault: str
    code: int
    was_hit: bool
    refused: str = ""
    problems: list = dataclasses.field(default_factory=list)


def files(folder):
    """The bytes of every file below a folder by path; a folder without files is an entry without bytes."""
    found = {}
    for above, folders, names in os.walk(folder):
        relative = os.path.relpath(above, folder)
        for name in names:
            path = os.path.normpath(os.path.join(relative, name))
            found[path] = pathlib.Path(above, name).read_bytes()
        if not names and not folders and relative != ".":
            found[relative] = None
    return found


def execute(words, cwd):
    """The exit code and messages of a command; it is ended with its group if it takes too long."""
    child = subprocess.Popen(
        words, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        _, messages = child.communicate(timeout=PATIENCE)
        return child.returncode, messages.decode(errors="replace")
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        _, messages = child.communicate()
        return None, messages.decode(errors="replace")


def command(words, out):
    return [PROGRAM, *(word.replace("{out}", str(out)) for word in words)]


class Undisturbed(Exception):
    """A command failed without a fault."""


def succeed(words, work):
    code, messages = execute(words, work)
    if code != 0:
        raise Undisturbed(f"code {code} without a fault: {first_line(messages)} ({' '.join(words[-9:])})")


def list_calls(trial, work):
    """The system calls of an undisturbed run, in their order: name, number within its thread, and what it is about."""
    out, log = place(trial, work, "listed"), work / "listed.log"
    traced = "trace=" + ",".join("?" + call for call in CALLS)
    succeed(["strace", "-f", "-y", "-o", str(log), "-e", traced, *command(trial.words, out)], work)
    found, counts, has_begun = [], {}, False
    for line in log.read_text(errors="replace").splitlines():
        match = re.match(r"(\d+) +(\w+)\((.*)", line)
        if not match:
            continue
        thread, call, rest = match.groups()
        counts[thread, call] = counts.get((thread, call), 0) + 1
        # What the loader does is not the program's.
        has_begun = has_begun or str(work) in rest
        if has_begun:
            found.append((call, counts[thread, call], subject(rest)))
    shutil.rmtree(out)
    return found


def subject(arguments):
    """The paths of a call, without their random parts."""
    paths = re.findall(r'"(/[^"]*)"|<(/[^>]*)>', arguments)
    text = " ".join(one or other for one, other in paths) or arguments[:20]
    return re.sub(r"/#\d+[^ ]*", "/#", re.sub(r"\.(writing|replaced)-\w{6}", r".\1-", text))


def choose(calls, most):
    """Of each system call at most so many (0: all), the first and last for each path before others."""
    chosen = []
    for name in CALLS:
        ours = [(number, about) for call, number, about in calls if call == name]
        by_subject = {}
        for number, about in ours:
            by_subject.setdefault(about, []).append(number)
        ends = sorted({number for numbers in by_subject.values() for number in (numbers[0], numbers[-1])})
        rest = sorted({number for number, _ in ours} - set(ends))
        if most and len(ends) > most:
            ends, rest = spread(ends, most), []
        elif most:
            rest = spread(rest, most - len(ends))
        about = dict(reversed(ours))
        chosen += [(name, number, about[number]) for number in sorted([*ends, *rest])]
    return chosen


def spread(items, most):
    """At most so many items, evenly over all."""
    if most <= 0 or not items:
        return []
    step = max(1.0, len(items) / most)
    return [items[int(at * step)] for at in range(min(most, len(items)))]


def place(trial, work, name):
    """A place for results that holds what is there before the command."""
    out = work / name
    shutil.rmtree(out, ignore_errors=True)
    if trial.before:
        shutil.copytree(trial.before, out)
    return out


def disturb(trial, work, call, fault):
    """Runs the command with one fault, and judges what is left."""
    name, number, about = call
    label = f"{trial.name}-{name}-{number}-{fault}"
    out, log = place(trial, work, "out-" + label), work / (label + ".log")
    inject = f"inject={name}:{FAULTS[fault]}:when={number}"
    strace = ["strace", "-f", "-y", "-qq", "-o", str(log), "-e", "trace=" + name, "-e", inject]
    code, messages = execute([*strace, *command(trial.words, out)], work)
    text = log.read_text(errors="replace") if log.exists() else ""
    # Errors of the loader are not the program's, nor that Rust's library panics where a folder that was read cannot be closed.
    is_foreign = "loading shared libraries" in messages or "unexpected error during closedir" in messages
    was_hit = ("INJECTED" in text or "SIGKILL" in text) and not is_foreign
    outcome = Outcome(f"{name} {number} ({about.replace(str(work), '')})", fault, code, was_hit)
    outcome.problems += judge_end(work, call, code, messages)
    outcome.problems += judge_files(trial, out, code)
    if trial.name == "merge":
        outcome.problems += [f"{part} changed" for part in ("part-0", "part-1") if files(work / part) != PARTS[part]]
    go_on(trial, work, out, outcome, messages)
    shutil.rmtree(out, ignore_errors=True)
    log.unlink(missing_ok=True)
    return outcome


PARTS = {}


def judge_end(work, call, code, messages):
    """What is wrong with the end of a disturbed run."""
    if code is None:
        return ["hangs"]
    if code == 101 or "panicked" in messages:
        return ["panics: " + re.sub(r"thread .* panicked", "panicked", first_line(messages, "panicked"))]
    if code < 0 and code != -signal.SIGKILL:
        return [f"dies of signal {-code}: {first_line(messages)}"]
    name, _, about = call
    names_path = str(work) in messages or str(REPOSITORY) in messages
    # A message may be lost by the fault itself, and standard output has no path.
    # The same number may be that of another call in another thread.
    is_excused = name == "write" and not messages.strip() or "standard output" in messages
    if code > 0 and not names_path and not is_excused:
        return [f"an error without a path: {first_line(messages)}"]
    return []


def first_line(messages, holding="error"):
    lines = messages.strip().splitlines()
    found = [line for line in lines if holding in line]
    return (found or lines or [""])[0][:300]


def judge_files(trial, out, code):
    """What is wrong with the files that a disturbed run left."""
    problems = []
    found = files(out) if out.is_dir() else {}
    for unit in sorted({path.split("/")[0] for path in [*trial.new, *trial.old, *found] if not path.startswith(".")}):
        part = of_unit(found, unit)
        new, old = of_unit(trial.new, unit), of_unit(trial.old, unit)
        if code == 0 and part != new:
            problems.append(f"success, but {unit} is not that of the undisturbed run")
        elif not part and old and not is_aside(found, unit, old):
            problems.append(f"{unit} is lost")
        elif part and part not in (new, old):
            problems.append(f"{unit} is neither old nor new")
    return problems


def of_unit(found, unit):
    """The files of a scenario's folder, or a table."""
    return {path: content for path, content in found.items() if path == unit or path.startswith(unit + "/")}


def is_aside(found, unit, old):
    """Whether old results stand where the next run puts them back from."""
    shells = {path.split("/")[0] for path in found if path.startswith(".replaced-")}
    moved = [{unit + path[len(shell) + 4 :]: content for path, content in of_unit(found, shell + "/old").items()} for shell in shells]
    return old in moved


def go_on(trial, work, out, outcome, messages_before):
    """Goes on after a fault, and checks that the end is that of an undisturbed run."""
    left = {path: content for path, content in files(out).items() if not path.startswith(".")}
    code, messages = execute(command(trial.again, out), work)
    if code == 7:
        outcome.refused = re.sub(r"/\S*/out-[^/ ]*", "OUT", first_line(messages))
        if left != trial.old and trial.again != trial.anew:
            outcome.problems.append(f"refused, though something is done: {outcome.refused}")
        code, messages = execute(command(trial.anew, out), work)
    if code != 0:
        outcome.problems.append(f"cannot go on ({code}): {first_line(messages)}; before: {first_line(messages_before)}")
        return
    found = files(out)
    hidden = sorted({path.split("/")[0] for path in found if path.startswith(".")})
    if hidden:
        names = ", ".join(re.sub(r"-[A-Za-z0-9]{6}$", "-", name) for name in hidden)
        outcome.problems.append(f"left: {names} after going on")
    seen = {path: content for path, content in found.items() if not path.startswith(".")}
    wrong = sorted(path for path in {*seen, *trial.new} if seen.get(path) != trial.new.get(path))
    if wrong:
        outcome.problems.append(f"other bytes after going on: {', '.join(wrong)}")


def shortest_pause(work):
    """The shortest time between kept states that the program takes."""
    words = ["run", str(work / "first.toml"), "--out", str(work / "pause"), "--keep-every", "0.01"]
    code, _ = execute([PROGRAM, *words], work)
    shutil.rmtree(work / "pause", ignore_errors=True)
    return "0.01" if code == 0 else "1"


def trials(work):
    """The commands to disturb, with what they need."""
    world = str(REPOSITORY / "tests/worlds/hub")
    for name, rate in SCENARIOS.items():
        (work / f"{name}.toml").write_text(SCENARIO.format(world=world, rate=rate).replace("'", '"'))
    pause = shortest_pause(work)
    run = ["run", *(str(work / f"{name}.toml") for name in SCENARIOS), "--out", "{out}", "--threads", "1", "--keep-every", pause]
    succeed(command(run, work / "whole"), work)
    succeed(command([*run, "--seed", "6"], work / "old"), work)
    new, old = files(work / "whole"), files(work / "old")
    for part, borders in {"part-0": "0..64", "part-1": "64..192"}.items():
        succeed(command([*run, "--draw-range", borders], work / part), work)
        PARTS[part] = files(work / part)
    merge = ["merge", str(work / "part-1"), str(work / "part-0"), "--out", "{out}", "--threads", "1"]
    resume, overwrite = [*run, "--resume"], [*run, "--overwrite"]
    yield Trial("run", run, None, resume, overwrite, new)
    yield Trial("overwrite", overwrite, work / "old", resume, overwrite, new, old)
    stop(resume, work, "stopped", "rename", work / "stopped/first", None)
    yield Trial("resume", resume, work / "stopped", resume, overwrite, new)
    stop(overwrite, work, "half", "rename", work / "half/first", work / "old")
    yield Trial("resume-old", resume, work / "half", resume, overwrite, new, old)
    yield Trial("merge", merge, None, [*merge, "--overwrite"], [*merge, "--overwrite"], new)
    # So many draws that a state is kept, where the shortest pause is long.
    draws = "192" if pause == "0.01" else "30000"
    state = [*run, "--draws", draws]
    succeed(command(state, work / "many"), work)
    yield Trial("state", state, None, [*state, "--resume"], [*state, "--overwrite"], files(work / "many"))


def stop(words, work, name, call, target, before):
    """Makes a place where a run was killed just after it put `target` in its place."""
    trial = Trial(name, words, before, [], [])
    for number in range(1, 50):
        out = place(trial, work, name)
        inject = f"inject={call}:signal=KILL:when={number}"
        was = files(target) if target.is_dir() else {}
        execute(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call, "-e", inject, *command(words, out)], work)
        now = files(target) if target.is_dir() else {}
        if now and now != was and (out / ".unfinished/run.json").exists():
            return
    raise Undisturbed(f"no run could be stopped after {target}")


def is_about_state(call):
    return ".unfinished" in call[2]


def run_trial(trial, work, arguments):
    calls = list_calls(trial, work)
    if trial.name == "state":
        calls = [call for call in calls if is_about_state(call)]
    chosen = choose(calls, arguments.calls)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        jobs = [pool.submit(disturb, trial, work, call, fault) for call in chosen for fault in FAULTS]
        return [job.result() for job in jobs]


def print_table(rows):
    heads = ["command", "call", "times", "kills", "errors", "harmless", "refused", "problems"]
    print("  ".join(head.ljust(12) for head in heads))
    for row in rows:
        print("  ".join(str(cell).ljust(12) for cell in row))


def summarise(name, outcomes):
    rows = []
    for call in dict.fromkeys(outcome.call.split()[0] for outcome in outcomes):
        ours = [outcome for outcome in outcomes if outcome.call.split()[0] == call and outcome.was_hit]
        kills = sum(outcome.code == -signal.SIGKILL for outcome in ours)
        harmless = sum(outcome.code == 0 for outcome in ours)
        refused = sum(bool(outcome.refused) for outcome in ours)
        faulty = sum(bool(outcome.problems) for outcome in ours)
        rows.append([name, call, len(ours), kills, len(ours) - kills - harmless, harmless, refused, faulty])
    return rows


def tell_each(title, name, pairs):
    """Prints texts that came up, each once with how often and the first call."""
    by_text = {}
    for text, outcome in pairs:
        by_text.setdefault(re.sub(r"/\S*/out-[^/ :]*", "OUT", text), []).append(outcome)
    for text, ours in by_text.items():
        print(f"{title} {name}: {len(ours)} times: {text}")
        for outcome in ours[:4]:
            print(f"    {outcome.fault} at {outcome.call}, code {outcome.code}")
    return len(by_text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=12, help="most numbers of each system call; 0 for all")
    parser.add_argument("--only", action="append", help="only this command (run, overwrite, resume, resume-old, merge, state)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    if not shutil.which("strace"):
        print("skipped: strace is not installed")
        return 0
    if not os.access(PROGRAM, os.X_OK):
        print(f"skipped: there is no program {PROGRAM}; set ROUNDABOUT")
        return 0
    rows, problems = [], 0
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        work = pathlib.Path(folder).resolve()
        for trial in trials(work):
            if arguments.only and trial.name not in arguments.only:
                continue
            try:
                outcomes = [outcome for outcome in run_trial(trial, work, arguments) if outcome.was_hit]
            except Undisturbed as failure:
                print(f"PROBLEM {trial.name}: {failure}")
                problems += 1
                continue
            rows += summarise(trial.name, outcomes)
            tell_each("refused", trial.name, [(outcome.refused, outcome) for outcome in outcomes if outcome.refused])
            problems += tell_each("PROBLEM", trial.name, [(text, outcome) for outcome in outcomes for text in outcome.problems])
            sys.stdout.flush()
    print_table(rows)
    print(f"{sum(row[2] for row in rows)} faults, {problems} kinds of problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
