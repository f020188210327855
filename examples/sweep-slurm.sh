#!/bin/sh
# A sweep as an array of Slurm jobs: each tries its part of the designs, the same part in every run. From this folder:
#
#   sbatch --array=1-8 sweep-slurm.sh decode-frontier.dsco DecodeFrontier
#   sbatch --dependency=afterok:JOB --wrap 'dsco sweep merge results/*.csv --out all.csv'
#
# JOB is the number that the first line prints. Merging refuses shards of different designs, and a set with one missing.
#SBATCH --job-name=dsco-sweep
#SBATCH --array=1-8
#SBATCH --cpus-per-task=4
#SBATCH --mem=1G
#SBATCH --time=01:00:00
#SBATCH --requeue
set -eu
mkdir -p results
# --resume: a job that was killed and queued again goes on where it was
dsco sweep "$1" "$2" --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --jobs "$SLURM_CPUS_PER_TASK" \
  --out "results/$SLURM_ARRAY_TASK_ID.csv" --resume
