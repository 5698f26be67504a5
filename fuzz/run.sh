#!/bin/sh
# Runs a fuzz target with a stable compiler: fuzz/run.sh command_line|rule [arguments of libFuzzer].
# With a nightly compiler and cargo-fuzz, `cargo fuzz run command_line` does the same and more.
set -e
cd "$(dirname "$0")"
target=$1
shift
host=$(rustc -vV | sed -n 's/^host: //p')
# Only our own crates are watched (see rustc.sh): the others would take an hour to compile and make every input slower.
RUSTC_WRAPPER="$PWD/rustc.sh" cargo build --release --target "$host" --bin "$target"
mkdir -p "corpus/$target"
# The rows of the corpus of command lines are where it starts.
if [ "$target" = command_line ]; then
  awk -F ' => ' '/ => /{ n++; f = sprintf("corpus/command_line/row%04d", n); printf "%s", $1 > f; close(f) }' \
    ../__test__/permissions/corpus.txt
fi
exec "${CARGO_TARGET_DIR:-target}/$host/release/$target" "corpus/$target" -dict=shell.dict -max_len=300 -timeout=10 "$@"
