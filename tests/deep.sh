#!/usr/bin/env bash
# Checks that take too long for every change, run by hand:
#
#     tests/deep.sh [deny|fuzz|sanitizer|mutants]...
#
# Without a word it runs all four. What needs a tool that is missing is skipped, and told.
#
#   deny       licences, sources and advisories of all crates, by .ci/deny.toml (cargo-deny; advisories need the network)
#   fuzz       any bytes to the readers of scenarios, worlds, results and states (cargo-fuzz, nightly Rust, a C++ compiler):
#              FUZZ_SECONDS for each target, 150 if unset
#   sanitizer  AddressSanitizer over the tests of the library, of which src/math/width.rs has the only unsafe code (nightly Rust)
#   mutants    faults put into src/equilibrium, src/measures and src/metrics, which tests must catch (cargo-mutants):
#              MUTANTS_SHARD of them, 0/98 if unset, so about 30 in 2943; all of them take half a day or more
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD
target=${CARGO_TARGET_DIR:-$repository/target}

say() { printf '\n== %s\n' "$*"; }
has() { # NAME COMMAND...
    local name=$1
    shift
    "$@" >/dev/null 2>&1 || { say "skipped: $name is not installed"; return 1; }
}

deny() {
    has cargo-deny cargo deny --version || return 0
    say "licences, bans and sources"
    cargo deny --config .ci/deny.toml check licenses bans sources
    say "advisories"
    # The database is on the network: without it nothing is known, which is no fault of a crate.
    if ! cargo deny --config .ci/deny.toml fetch db >/dev/null 2>&1; then
        say "skipped: the database of advisories cannot be fetched"
        return 0
    fi
    cargo deny --config .ci/deny.toml check advisories
}

fuzz() {
    has cargo-fuzz cargo fuzz --version || return 0
    has "nightly Rust" cargo +nightly --version || return 0
    local folder=$target/fuzz seconds=${FUZZ_SECONDS:-150} name found=0
    # Folders of their own, since a fuzzer that ends leaves its files.
    desks=$(mktemp -d)
    trap 'rm -rf "$desks"' EXIT
    cargo +nightly fuzz build --fuzz-dir tests/fuzz --target-dir "$folder"
    for name in scenario world results state; do
        say "fuzz $name for $seconds seconds"
        mkdir -p "$folder/corpus/$name" "$folder/found/$name"
        local words=()
        if [ "$name" = scenario ]; then
            # The target writes them when it starts, before they are read.
            words=(-dict="$folder/words")
            export WORDS=$folder/words
        fi
        SEEDS=$folder/corpus/$name TMPDIR=$desks cargo +nightly fuzz run --fuzz-dir tests/fuzz --target-dir "$folder" \
            "$name" "$folder/corpus/$name" -- "${words[@]}" -artifact_prefix="$folder/found/$name/" \
            -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20 -print_final_stats=1 || found=1
    done
    # All targets run, whatever the first finds.
    return "$found"
}

sanitizer() {
    has "nightly Rust" cargo +nightly --version || return 0
    local platform
    platform=$(rustc +nightly -vV | sed -n 's/^host: //p')
    say "AddressSanitizer over the tests of the library"
    # With a platform, code that runs while crates are built is left without it.
    CARGO_PROFILE_DEV_OPT_LEVEL=1 RUSTFLAGS=-Zsanitizer=address CARGO_TARGET_DIR=$target/sanitizer \
        cargo +nightly test --locked --lib --target "$platform"
}

mutants() {
    has cargo-mutants cargo mutants --version || return 0
    say "mutants, shard ${MUTANTS_SHARD:-0/98}"
    # A build for each mutant: crates that do not change are optimised, the rest a little, so that tests take less time.
    # The tests are those of the library that solve or simulate, and the programs that know what an equilibrium must be.
    local programs=() skipped=() name
    for name in equilibrium_properties regression oracle mechanisms accounting recognised unmoved lanes independent; do
        programs+=(--test "$name")
    done
    for name in calibration cli comparison input observation report results sensitivity statistics; do
        skipped+=(--skip "$name::")
    done
    CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_DEV_OPT_LEVEL=1 cargo mutants --output "$target" --jobs 1 \
        --shard "${MUTANTS_SHARD:-0/98}" --sharding round-robin \
        --file 'src/equilibrium/**' --file 'src/measures/**' --file 'src/metrics/**' \
        --cargo-arg=--config='profile.dev.package."*".opt-level=2' \
        -- --lib "${programs[@]}" -- "${skipped[@]}"
}

for check in "${@:-deny fuzz sanitizer mutants}"; do
    for name in $check; do
        case $name in
        deny | fuzz | sanitizer | mutants) "$name" ;;
        *)
            echo "usage: tests/deep.sh [deny|fuzz|sanitizer|mutants]..." >&2
            exit 2
            ;;
        esac
    done
done
