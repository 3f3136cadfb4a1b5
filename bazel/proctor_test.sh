#!/bin/sh
# The test that `proctor_test` makes: starts `proctor run` with the files where Bazel has put them.
#
# `proctor run` itself reads what Bazel says of shards, the filter, the time limit and the reports. It takes the place of this
# shell, so that it gets Bazel's signals.
set -eu

# Where a file is, by its path in the runfiles: a link or a copy in their directory, or else a line of their manifest.
runfile() {
    if [ -e "$TEST_SRCDIR/$1" ]; then
        printf %s "$TEST_SRCDIR/$1"
        return
    fi
    manifest=${RUNFILES_MANIFEST_FILE:-$TEST_SRCDIR/MANIFEST}
    if [ -f "$manifest" ]; then
        while IFS= read -r line; do
            case $line in
            "$1 "*)
                printf %s "${line#"$1 "}"
                return
                ;;
            esac
        done <"$manifest"
    fi
    echo "proctor_test: $1 is not among the runfiles of $TEST_TARGET" >&2
    return 1
}

proctor=$(runfile %{proctor})
# Those of `args` and `--test_arg` come first.
set -- run --no-progress "$@"
%{arguments}exec "$proctor" "$@"
