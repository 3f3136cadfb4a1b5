#!/bin/sh
# `proctor`; but in the second shard its server kills it, as the kernel does when memory is short.
proctor=$TEST_SRCDIR/proctor/proctor
if [ "$TEST_SHARD_INDEX" -ne 1 ]; then
    exec "$proctor" "$@"
fi
exec "$proctor" "$@" -- sh -c 'kill -KILL "$PPID"'
