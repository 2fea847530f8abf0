#!/usr/bin/env bash
# Installs npm's mail server once, in the versions of its lock file, and runs the tests with it.
# usage: smtp_server.sh SCHOOLWATCH
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../scripts/common.sh"
server=$root/build/smtp_server
# Where node.js is from another source than Debian, its npm came with it.
command -v npm >/dev/null 2>&1 || need_packages node
mkdir -p "$server"
if ! cmp -s "$here/smtp_server/package-lock.json" "$server/installed"; then
  cp "$here"/smtp_server/* "$server/"
  (cd "$server" && npm ci --no-audit --no-fund --ignore-scripts >npm.log 2>&1) ||
    { cat "$server/npm.log" >&2; die "npm cannot install the mail server (above)"; }
  cp "$here/smtp_server/package-lock.json" "$server/installed"
fi
cp "$here/smtp_server/server.mjs" "$server/"
exec python3 "$here/smtp_server_test.py" "$1" "$server"
