#!/usr/bin/env bash
# Installs the WARC reader once, in the versions of its lock file, and runs the test with it.
# usage: warc_reader.sh SCHOOLWATCH
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../scripts/common.sh"
reader=$root/build/warc_reader
# Where node.js is from another source than Debian, its npm came with it.
command -v npm >/dev/null 2>&1 || need_packages node
mkdir -p "$reader"
if ! cmp -s "$here/warc_reader/package-lock.json" "$reader/installed"; then
  cp "$here"/warc_reader/* "$reader/"
  (cd "$reader" && npm ci --no-audit --no-fund --ignore-scripts >npm.log 2>&1) ||
    { cat "$reader/npm.log" >&2; die "npm cannot install the WARC reader (above)"; }
  cp "$here/warc_reader/package-lock.json" "$reader/installed"
fi
cp "$here/warc_reader/read.mjs" "$reader/"
exec python3 "$here/warc_reader_test.py" "$1" "$reader"
