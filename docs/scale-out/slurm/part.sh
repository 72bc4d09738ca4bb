#!/bin/sh
#SBATCH --job-name=roundabout --cpus-per-task=1 --requeue --open-mode=append --signal=TERM@60
# One part of a run: part.sh DRAWS TASKS OUT SCENARIO... [OPTIONS OF roundabout run]; submit.sh submits all of them.
set -u
draws=$1 tasks=$2 out=$3
shift 3
blocks=$(((draws + 63) / 64))
start=$((blocks * SLURM_ARRAY_TASK_ID / tasks * 64))
end=$((blocks * (SLURM_ARRAY_TASK_ID + 1) / tasks * 64))
[ "$end" -le "$draws" ] || end=$draws
# --resume: a task that runs again goes on from what it kept.
srun --cpus-per-task="$SLURM_CPUS_PER_TASK" roundabout run "$@" --draws "$draws" --draw-range "$start..$end" \
    --threads "$SLURM_CPUS_PER_TASK" --resume --quiet --out "$out/parts/$start-$end"
code=$?
# 6: stopped before the time limit. 7: the folder was still held, or full. Above 128: killed. Other failures would come again.
if [ "$code" -eq 6 ] || [ "$code" -eq 7 ] || [ "$code" -gt 128 ]; then
    [ "${SLURM_RESTART_COUNT:-0}" -ge 5 ] || scontrol requeue "$SLURM_JOB_ID"
fi
exit "$code"
