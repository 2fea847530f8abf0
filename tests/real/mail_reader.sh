#!/usr/bin/env bash
# Installs the mail reader once, in the versions of its lock file, and reads, shows and checks one of
# every kind of mail with it.
# usage: mail_reader.sh SAMPLE_MAILS [FOLDER_FOR_PICTURES]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../scripts/common.sh"
reader=$root/build/mail_reader
# Where node.js is from another source than Debian, its npm came with it.
command -v npm >/dev/null 2>&1 || need_packages node
command -v chromium >/dev/null 2>&1 || need_packages browser
mkdir -p "$reader"
if ! cmp -s "$here/mail_reader/package-lock.json" "$reader/installed"; then
  cp "$here"/mail_reader/* "$reader/"
  (cd "$reader" && npm ci --no-audit --no-fund --ignore-scripts >npm.log 2>&1) ||
    { cat "$reader/npm.log" >&2; die "npm cannot install the mail reader (above)"; }
  cp "$here/mail_reader/package-lock.json" "$reader/installed"
fi
cp "$here"/mail_reader/*.mjs "$reader/"
rm -rf "$reader/mails"
"$1" "$reader/mails"
python3 "$here/mail_reader_test.py" "$reader"
[ -z "${2:-}" ] || mkdir -p "$2"
node "$reader/look.mjs" "$(command -v chromium)" "$reader/mails" "${2:-}"
