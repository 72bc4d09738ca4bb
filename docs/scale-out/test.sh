#!/bin/bash
# Runs a small world in parts on Slurm and with Snakemake, kills some of it on the way, and compares what is joined with a
# single run, byte for byte: ./test.sh [FOLDER [slurm|snakemake]...]
#
# Needs a built `roundabout`; names another one by ROUNDABOUT=PATH. Slurm is installed from Debian's packages if it is not there
# (as root), Snakemake from PyPI (into FOLDER). What cannot be had is skipped, and that is said. It takes some minutes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${1:-$(mktemp -d)}
mkdir -p "$work/bin"
work=$(cd "$work" && pwd)
# Munge's socket must be within reach of all.
chmod 711 "$work"
cp "${ROUNDABOUT:-$root/target/release/roundabout}" "$work/bin/roundabout"
PATH=$work/bin:$PATH
small=$root/docs/sensitivity/small.toml known=$root/docs/sensitivity/known.toml
grid=(--grid commodity.grain.route_choice=1.5,2,2.5)
draws=65536 tasks=6
# More, because a scenario runs alone there and must still be under way when it is killed.
snakemake_draws=262144
engines=("${@:2}")
[ ${#engines[@]} -gt 0 ] || engines=(slurm snakemake)
trap stop EXIT

stop() {
    [ ! -f "$work/cluster/slurm.conf" ] || "$here/slurm/cluster.sh" stop "$work/cluster"
    [ -z "${snakemake_id:-}" ] || kill -9 -- "-$snakemake_id" 2>/dev/null || true
}

# digest FOLDER: of the names and bytes of all files below it.
digest() {
    (cd "$1" && find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum | cut -c1-16)
}

# expect FOLDER WHOLE: that both hold the same, hidden files too.
expect() {
    local found expected
    found=$(digest "$1") expected=$(digest "$2")
    echo "  digest of ${1#"$work"/}: $found; of the single run: $expected"
    [ "$found" = "$expected" ] || { echo "FAILED: $1 and $2 differ" && diff -rq "$1" "$2"; exit 1; }
}

# timed WORDS...: runs a command and sets `seconds`.
timed() {
    local begun=$EPOCHREALTIME
    "$@"
    seconds=$(awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $begun }")
}

# until_true SECONDS WORDS...: waits until a command succeeds.
until_true() {
    local limit=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$limit" ] || { echo "FAILED: waited too long for: $*"; return 1; }
        sleep 0.1
    done
}

# kept_part FOLDER: sets `kept` to a part below it that is under way and has kept some of its draws, and `job` to its process.
kept_part() {
    local process
    for kept in $(find "$1" -path '*/.unfinished/wave.state' -printf '%h\n' 2>/dev/null | sed 's|/.unfinished$||'); do
        for process in $(processes "^${kept#"${2:-}"}$"); do
            job=$process
            [ "$(cat "/proc/$job/comm" 2>/dev/null)" != roundabout ] || return 0
        done
    done
    return 1
}

# variable NAME: of the environment of `job`.
variable() {
    tr '\0' '\n' <"/proc/$job/environ" | sed -n "s/^$1=//p"
}

# processes TEXT: ids of processes in whose environment or words the text is.
processes() {
    grep -laz -- "$1" /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | cut -d / -f 3 | sort -u | grep -vx $$ || true
}

have_slurm() {
    lacks="root"
    [ "$(id -u)" = 0 ] || return 1
    lacks="Debian's packages slurm-wlm and munge"
    if ! command -v slurmctld slurmd sbatch munged mungekey >/dev/null; then
        command -v apt-get >/dev/null || return 1
        apt-get update -qq && apt-get install -y -qq --no-install-recommends slurm-wlm munge >/dev/null || return 1
    fi
    lacks="a cluster that starts, see $work/cluster"
    timeout 60 "$here/slurm/cluster.sh" start "$work/cluster" >"$work/cluster.txt" 2>&1
}

# kill_node NAME: as if the machine had lost its power.
kill_node() {
    local tasks task steps=
    tasks=$(processes "^SLURMD_NODENAME=$1$" | sort)
    tasks=$(comm -12 <(echo "$tasks") <(processes "^SLURM_CONF=$SLURM_CONF$" | sort))
    for task in $tasks; do
        task=$(awk '{ print $4 }' "/proc/$task/stat" 2>/dev/null) || continue
        ! grep -q slurmstepd "/proc/$task/comm" 2>/dev/null || steps+=" $task"
    done
    # The daemons first, so that they cannot tell of the end of their tasks.
    kill -9 "$(cat "$work/cluster/slurmd-$1.pid")" $steps
    rm "$work/cluster/slurmd-$1.pid"
    kill -9 $tasks 2>/dev/null || true
}

# restarted COUNT: that so many tasks were queued again.
restarted() {
    [ "$(scontrol show job | grep -c 'Restarts=[1-9]')" -ge "$1" ]
}

no_jobs() {
    [ -z "$(squeue --noheader)" ]
}

on_slurm() {
    echo "Slurm $(sinfo --version | cut -d ' ' -f 2), three nodes of one core on one machine"
    local out=$work/slurm node kept job begun
    timed roundabout run "$small" "${grid[@]}" --draws "$draws" --quiet --threads 1 --out "$work/whole/results"
    echo "  single run, one thread: 4 scenarios of $draws draws, $seconds s"
    timed sbatch --wait --array=0-29 --output=/dev/null --wrap "srun true" >/dev/null
    echo "  30 empty tasks: $seconds s, $(awk "BEGIN { printf \"%.2f\", $seconds * 3 / 30 }") s for a task on its node"
    begun=$EPOCHREALTIME
    (cd "$root" && "$here/slurm/submit.sh" "$draws" "$tasks" "$out" "$small" "${grid[@]}" --keep-every 1) | sed 's/^/  /'
    until_true 120 kept_part "$out/parts"
    kill -TERM "$job"
    echo "  ended the task of draws ${kept##*/} as before a time limit"
    until_true 60 restarted 1
    until_true 120 kept_part "$out/parts"
    node=$(variable SLURMD_NODENAME)
    kill_node "$node"
    echo "  killed $node in the middle of draws ${kept##*/}, with $(stat -c %s "$kept/.unfinished/wave.state") bytes kept"
    until_true 120 restarted 2
    echo "  both tasks are queued again"
    until_true 600 no_jobs
    seconds=$(awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $begun }")
    echo "  from submission to the end: $seconds s"
    scontrol show job | tr ' ' '\n' | sed -n 's/^\(JobName\|ArrayTaskId\|Restarts\|RunTime\|JobState\|NodeList\)=/\1 /p' |
        awk '/^ArrayTaskId/ { t = "task " $2 } /^JobName/ { n = $2; if (n == "roundabout-merge") t = "merge" } /^JobState/ { s = $2 }
             /^Restarts/ { r = $2 } /^RunTime/ { d = $2 }
             /^NodeList/ { if (n != "wrap") print "  " t ": " s ", restarts " r ", " d " on " $2; t = "" }' | sort
    cat "$out"/log/* | sed 's/^/  log: /'
    expect "$out/results" "$work/whole/results"
    "$here/slurm/cluster.sh" stop "$work/cluster"
}

have_snakemake() {
    lacks="python3 and PyPI"
    [ -x "$work/venv/bin/snakemake" ] && return
    python3 -m venv "$work/venv" && "$work/venv/bin/pip" install -q snakemake==9.27.1
}

snakemake() {
    "$work/venv/bin/snakemake" --snakefile "$here/snakemake/Snakefile" --directory "$work/snakemake" --cores 2 --quiet all \
        --config scenarios="$small $known" draws="$snakemake_draws" tasks=4 options="--keep-every 1" --rerun-incomplete "$@"
}

done_parts() {
    [ "$(find "$work/snakemake/parts" -name '*.done' 2>/dev/null | wc -l)" -ge "$1" ]
}

on_snakemake() {
    echo "Snakemake $("$work/venv/bin/snakemake" --version), two jobs at once"
    local scenario name begun kept job
    for scenario in "$small" "$known"; do
        name=$(basename "$scenario" .toml)
        timed roundabout run "$scenario" --draws "$snakemake_draws" --quiet --threads 1 --out "$work/alone/results/$name"
        echo "  single run, one thread: $name, $snakemake_draws draws, $seconds s"
    done
    mkdir -p "$work/snakemake" "$work/empty"
    printf 'rule all:\n    input: expand("{n}.done", n=range(30))\nrule one:\n    output: touch("{n}.done")\n    shell: "true"\n' \
        >"$work/empty/Snakefile"
    timed "$work/venv/bin/snakemake" --directory "$work/empty" --snakefile "$work/empty/Snakefile" --cores 2 --quiet all
    echo "  30 empty jobs: $seconds s, $(awk "BEGIN { printf \"%.2f\", $seconds / 30 }") s for a job, the start of Snakemake included"
    begun=$EPOCHREALTIME
    set -m
    snakemake >"$work/snakemake.txt" 2>&1 &
    snakemake_id=$!
    set +m
    until_true 120 kept_part "$work/snakemake/parts" "$work/snakemake/"
    kill -9 "$job"
    echo "  killed the job of draws ${kept##*/}"
    until_true 300 done_parts 2
    until_true 120 kept_part "$work/snakemake/parts" "$work/snakemake/"
    kill -9 -- "-$snakemake_id"
    wait "$snakemake_id" 2>/dev/null || true
    snakemake_id=
    echo "  killed Snakemake and all its jobs, with $(find "$work/snakemake/parts" -name '*.done' | wc -l) of 8 parts done"
    snakemake --unlock
    snakemake >>"$work/snakemake.txt" 2>&1
    seconds=$(awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $begun }")
    echo "  from the start to the end: $seconds s"
    for name in small known; do
        expect "$work/snakemake/results/$name" "$work/alone/results/$name"
    done
}

export SLURM_CONF=$work/cluster/slurm.conf
echo "$(nproc) cores, load $(cut -d ' ' -f 1 /proc/loadavg); results in $work"
for engine in "${engines[@]}"; do
    if "have_$engine"; then "on_$engine"; else echo "skipped: $engine needs $lacks"; fi
done
