#!/bin/sh
# Submits a run as an array of parts, and a job that joins them when all are done:
#     submit.sh DRAWS TASKS OUT SCENARIO... [OPTIONS OF roundabout run]
# The parts go to OUT/parts, the results to OUT/results. Options of sbatch come from its variables: SBATCH_TIMELIMIT=4:00:00.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
draws=$1 tasks=$2 out=$3
shift 3
# Parts end on multiples of 64, so there are no more of them than blocks of 64 draws.
blocks=$(((draws + 63) / 64))
[ "$tasks" -le "$blocks" ] || tasks=$blocks
mkdir -p "$out/parts" "$out/log"
array=$(sbatch --parsable --array=0-$((tasks - 1)) --output="$out/log/part-%a.txt" \
    "$here/part.sh" "$draws" "$tasks" "$out" "$@")
merge=$(sbatch --parsable --dependency="afterok:$array" --kill-on-invalid-dep=yes --output="$out/log/merge.txt" \
    "$here/merge.sh" "$out")
echo "parts $array, $tasks tasks; merge $merge"
