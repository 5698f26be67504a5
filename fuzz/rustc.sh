#!/bin/sh
# The compiler as fuzz/run.sh calls it: coverage counters and all checks for our own crates, nothing for others.
compiler=$1
shift
case " $* " in
*" --crate-name native_agent_sdk "* | *" --crate-name native_agent_sdk_fuzz "* | *" --crate-name command_line "* | *" --crate-name rule "*)
  exec "$compiler" "$@" --cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cdebug-assertions=on -Coverflow-checks=on -Ccodegen-units=1
  ;;
esac
exec "$compiler" "$@" --cfg fuzzing
