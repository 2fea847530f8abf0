# What tools/fuzz and tools/fuzz-all share. Sourced after common.sh.
# shellcheck shell=bash

# Builds the fuzz targets named, or all, and leaves their names in `fuzz_targets`.
prepare_fuzz() {
  need_packages build test
  fuzz_targets=("$@")
  if [ $# -eq 0 ]; then
    local source
    for source in "$root"/tests/fuzz/*.cc; do
      source=$(basename "$source" .cc)
      [ "$source" = replay_main ] || fuzz_targets+=("$source")
    done
  fi
  build_preset fuzz --target "${fuzz_targets[@]/#/fuzz_}"
  fuzz_work=$(mktemp -d)
  trap 'rm -rf "$fuzz_work"' EXIT
}

# run_fuzz TARGET LIBFUZZER-OPTION…: fuzzes one target from its seeds and prints libFuzzer's
# "Done N runs in S second(s)". What is found is left in tests/fuzz/TARGET.crash/, where the tests
# replay it from then on.
run_fuzz() {
  local target=$1
  shift
  local seeds=$root/tests/fuzz/$target.in finds=$root/tests/fuzz/$target.crash
  mkdir -p "$fuzz_work/$target" "$finds"
  # Short stacks of allocations and a small quarantine make a run half as fast again; what is found is
  # replayed by the tests with whole ones.
  export ASAN_OPTIONS=${ASAN_OPTIONS:-malloc_context_size=2:quarantine_size_mb=16:detect_leaks=1}
  if "$root/build/fuzz/tests/fuzz/fuzz_$target" -rss_limit_mb=2048 -timeout=120 \
    -artifact_prefix="$finds/" "$@" "$fuzz_work/$target" "$seeds" >"$fuzz_work/$target.log" 2>&1; then
    rmdir "$finds" 2>/dev/null || true
    grep -E '^Done [0-9]+ runs' "$fuzz_work/$target.log" | tail -1
  else
    tail -20 "$fuzz_work/$target.log" >&2
    die "fuzz target '$target' found something; the input is in $finds"
  fi
}
