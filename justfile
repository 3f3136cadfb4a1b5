# Every recipe is one line; what needs more is a command of `cargo xtask`, or a script in scripts/ where it runs before Rust.

set positional-arguments

# List the recipes.
default:
    @just --list --unsorted

# Run all tests: unit, integration, conformance of the reference subject, examples in the docs.
test:
    cargo nextest run --workspace && cargo test --quiet --doc --workspace

# Examine a subject: the embedded reference one, or `just conformance -- my-server app-server`.
conformance *ARGS:
    @cargo run --release --quiet -- run "$@"

# Run every check against the fault that it is there to find, and against the legal variants that it must let pass.
prove *ARGS:
    @cargo run --release --quiet -- prove "$@"

# The same, and write the report as target/proof.md: every fault, every variant, and which check finds what.
proof:
    @cargo run --release --quiet -- prove --page target/proof.md

# Run the faults of `proctor proxy` over real Codex releases: `just prove-real 0.98.0 0.169.0`.
prove-real +VERSIONS:
    @cargo xtask prove-real "$@"

# Examine real Codex releases, fetched from npm once: `just real 0.98.0 0.169.0`.
real +VERSIONS:
    @cargo xtask real "$@"

# Examine every real release that is kept track of (`scripts/releases.txt`) and print docs/real-servers.md, docs/moments.md and docs/coverage.md from the reports.
real-servers *ARGS:
    @cargo xtask real-servers "$@"

# Examine real servers of the Model Context Protocol, fetched once: all of `scripts/mcp-servers.txt`, or `just mcp-real memory time`.
mcp-real *ARGS:
    @cargo xtask mcp-real "$@"

# Put the faults that any server can have between a real server and the checks, and print which check notices each first.
mcp-faults *FAULTS:
    @cargo xtask mcp-faults "$@"

# Run other testers on the same servers and the same faults.
mcp-rivals *TESTERS:
    @cargo xtask mcp-rivals "$@"

# Show that runs against a real release always give the same outcomes, idle and under load.
real-stable VERSION *RUNS:
    @cargo xtask stable "$@"

# Print the outcomes of reports side by side: `just outcomes --differing one.json other.json`.
outcomes *ARGS:
    @cargo xtask outcomes "$@"

# Score the checks: which small changes of the reference subject they notice. Hours, or `--shard 0/12` for a part.
mutants *ARGS:
    @cargo xtask mutants "$@"

# Add a check and its fault to a copy of the sources, as CONTRIBUTING.md says, and prove the check.
newcomer:
    @cargo xtask newcomer

# Write the shapes of messages that the kit carries (schema/data/shapes.txt) from what real releases print.
schemas *VERSIONS:
    @cargo xtask schemas "$@"

# Measure the sources: sizes, import circles, what should become less; `just house --before FILE` beside an earlier `--json`.
house *ARGS:
    @cargo xtask house "$@"

# Look for leaks of these tests, or hunt those of a log: `just leak-hunt --from-log ci.log`.
leak-hunt *ARGS:
    @cargo xtask leak-hunt "$@"

# Run the tests of crates that are not ours under `proctor supervise`; without arguments those that docs/leaks.md names.
leaks-elsewhere *CRATES:
    @cargo xtask leaks-elsewhere "$@"

# Show what cargo-nextest itself does not say of leaks.
nextest-bugs:
    @cargo xtask nextest-bugs

# Print the samples and quotes in the documents anew, from the sources and from a run.
bless:
    BLESS=1 cargo nextest run --package cli --package xtask -E 'test(readme) | test(quotes)'

# Run all tests from an archive, in two parts, in folders without sources; or a part: `just archive-test -E 'package(harness)'`.
archive-test *ARGS:
    @cargo xtask archive-test "$@"

# Run the example of `proctor_test` in the sandbox of a real Bazel, which is installed if root runs this.
bazel-test:
    @cargo xtask bazel local

# The same on a remote engine; `just bazel-remote-test workers` has two workers, one of which dies.
bazel-remote-test ENGINE="casd":
    @cargo xtask bazel {{ENGINE}}

# Format the code.
fmt:
    cargo fmt --all

# Fail when the code is not formatted.
fmt-check:
    cargo fmt --all --check

# Fail on any warning of clippy, in tests too.
lint:
    cargo clippy --workspace --all-targets -- --deny warnings

# Build the documentation; fail on any warning.
doc:
    RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps

# Compile what watches processes for macOS; needs `rustup target add x86_64-apple-darwin`.
#
# A check links nothing, so the C in a dependency is compiled by nobody: other systems have no C compiler for macOS.
check-macos:
    RUSTFLAGS="--deny warnings" CC_x86_64_apple_darwin=true AR_x86_64_apple_darwin=true \
        cargo check --package reaper --package hunt --package terminal --target x86_64-apple-darwin

# Compile the same for Windows, where it starts nothing and says so; needs `rustup target add x86_64-pc-windows-gnu`.
check-windows:
    RUSTFLAGS="--deny warnings" \
        cargo check --package reaper --package hunt --package terminal --target x86_64-pc-windows-gnu

# Measure: reaping, and the run of the reference subject.
bench:
    @cargo xtask bench leaks reap --beside idle && cargo xtask bench run

# Hunt known races and clean programs: what is found, repeated and accused.
bench-hunt *HUNTS:
    @cargo xtask bench hunt "$@"

# Measure how leaks are told: `just bench-leaks`, or one part of it with a number, like `kinds 10`.
bench-leaks *ARGS:
    @cargo xtask bench leaks "$@"

# Type first commands at every REPL, idle and beside busy processes; `just bench-pty 100` for a tenth of it.
bench-pty *ARGS:
    @cargo xtask bench pty "$@"

# Hold 100 sessions with every REPL that docs/pty.md names, with questions to the terminal and changes of its echo between: `just repls 10 fish`.
repls *ARGS:
    @scripts/fetch-repls && cargo run --quiet --package terminal --example repls -- "$@"

# Everything a change must pass.
ci: fmt-check lint doc test conformance prove
