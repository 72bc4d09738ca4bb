#!/bin/sh
# A Slurm of three emulated nodes of one core on this machine, to try things: cluster.sh start|stop FOLDER
# Everything it writes is in FOLDER. Needs root, and Debian's slurm-wlm and munge. Jobs need SLURM_CONF=FOLDER/slurm.conf.
set -eu
action=$1 folder=$(mkdir -p "$2" && cd "$2" && pwd)
host=$(hostname -s)
export SLURM_CONF="$folder/slurm.conf"

stop() {
    for file in "$folder"/slurmd-*.pid "$folder/slurmctld.pid" "$folder/munged.pid"; do
        id=$(cat "$file" 2>/dev/null) || continue
        # The number may be another process's by now.
        case $(cat "/proc/$id/comm" 2>/dev/null) in slurmd | slurmctld | munged) kill "$id" ;; esac
    done
}

start() {
    mkdir -p "$folder/state" "$folder/spool-n1" "$folder/spool-n2" "$folder/spool-n3"
    # The socket of munge must be within reach of all.
    chmod 711 "$folder"
    mungekey --create --keyfile "$folder/munge.key"
    munged --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/munged.pid" \
        --seed-file="$folder/munge.seed" --log-file="$folder/munged.log"
    # cred_expire: a task that is queued again waits so many seconds. SlurmdTimeout: when a silent node counts as dead.
    cat >"$SLURM_CONF" <<END
ClusterName=trial
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$folder/munge.socket,cred_expire=20
StateSaveLocation=$folder/state
SlurmctldPidFile=$folder/slurmctld.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdSpoolDir=$folder/spool-%n
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmdLogFile=$folder/slurmd-%n.log
SlurmdParameters=config_overrides
SlurmdTimeout=10
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/filetxt
JobCompLoc=$folder/jobs.txt
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=2
ReturnToService=2
KillWait=5
NodeName=n[1-3] NodeHostname=$host NodeAddr=127.0.0.1 Port=[17001-17003] CPUs=1 State=UNKNOWN
PartitionName=main Nodes=n[1-3] Default=YES MaxTime=INFINITE State=UP
END
    # Slurm 22.05 wants a cgroup plugin even where it tracks no cgroups.
    if [ -d /sys/fs/cgroup/memory ]; then
        echo "CgroupPlugin=cgroup/v1" >"$folder/cgroup.conf"
    else
        printf 'CgroupPlugin=cgroup/v2\nIgnoreSystemd=yes\n' >"$folder/cgroup.conf"
    fi
    slurmctld
    for node in n1 n2 n3; do slurmd -N "$node"; done
    for _ in $(seq 60); do
        [ "$(sinfo --noheader --Node --states=idle | wc -l)" -ne 3 ] || return 0
        sleep 0.5
    done
    sinfo --Node
    return 1
}

"$action"
