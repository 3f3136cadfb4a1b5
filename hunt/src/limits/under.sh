# Runs a command with less than the machine has: sh -c THIS sh MEMORY DISK ROOM SLACK LIBRARY CLOCK SLOW COMMAND...
# MEMORY and DISK in MiB, SLACK in ns, CLOCK and SLOW in ms; 0 or empty for no limit. What cannot be done ends it.
set -e
memory=$1 disk=$2 room=$3 slack=$4 library=$5 clock=$6 slow=$7
shift 7
if [ -n "$room" ]; then
    mount -t tmpfs -o "size=${disk}m,mode=1777" tmpfs "$room"
    export TMPDIR="$room"
fi
if [ "$slack" != 0 ]; then
    echo "$slack" >"/proc/$$/timerslack_ns"
fi
if [ "$clock" != 0 ]; then
    export PROCTOR_CLOCK_MS="$clock"
fi
if [ "$slow" != 0 ]; then
    export PROCTOR_DISK_MS="$slow"
fi
if [ "$disk" != 0 ]; then
    # Then a write beyond it fails, as on a full disk, and kills nobody. In the room itself the disk is full before.
    trap '' XFSZ
    ulimit -f "$((disk * 2048 + 128))"
fi
if [ "$memory" != 0 ]; then
    ulimit -d "$((memory * 1024))"
fi
if [ -n "$library" ] && [ "$clock$slow" != 00 ]; then
    export LD_PRELOAD="$library${LD_PRELOAD:+:$LD_PRELOAD}"
fi
exec "$@"
