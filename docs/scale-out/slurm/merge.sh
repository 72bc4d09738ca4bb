#!/bin/sh
#SBATCH --job-name=roundabout-merge --cpus-per-task=1 --requeue --open-mode=append
# Joins the parts of a run: merge.sh OUT.
exec roundabout merge "$1"/parts/* --threads "$SLURM_CPUS_PER_TASK" --overwrite --quiet --out "$1/results"
