# Shared by scripts/run, scripts/test and scripts/install; sourced, not run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }
die() {
  say "schoolwatch: $*"
  exit 1
}

# The packages of the named groups, from scripts/packages.txt.
packages_of() {
  local wanted=" $* " group package _
  while read -r group package _; do
    case "$group" in '' | '#'*) continue ;; esac
    case "$wanted" in *" $group "*) printf '%s\n' "$package" ;; esac
  done <"$root/scripts/packages.txt"
}

# Installs what is missing of the named groups. Never removes a package, asks nothing, and does
# nothing at all (so needs no network) when everything is there.
need_packages() {
  local missing=() package
  command -v dpkg-query >/dev/null 2>&1 ||
    die "this needs Debian 12 (bookworm); there is no dpkg on this system"
  for package in $(packages_of "$@"); do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  local version name
  # shellcheck disable=SC1091
  version=$(. /etc/os-release 2>/dev/null && printf '%s %s' "${ID:-unknown}" "${VERSION_ID:-}")
  # shellcheck disable=SC1091
  name=$(. /etc/os-release 2>/dev/null && printf '%s' "${PRETTY_NAME:-this system}")
  [ "$version" = "debian 12" ] ||
    die "this needs Debian 12 (bookworm); this is $name. Missing here: ${missing[*]}"

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 ||
      die "these packages are missing and only root can install them: ${missing[*]}"
    as_root=(sudo)
  fi
  say "Installing ${#missing[@]} packages: ${missing[*]}"
  local log apt
  log=$(mktemp)
  apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -y
    --no-remove --no-install-recommends)
  "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 update >"$log" 2>&1 ||
    { tail -5 "$log" >&2; die "apt-get update failed (above); is there a network?"; }
  # A dry run first: it names what stands in the way before anything is touched.
  if ! "${apt[@]}" -s install "${missing[@]}" >"$log" 2>&1; then
    if grep -q 'will be REMOVED' "$log"; then
      say "These installed packages stand in the way and are never removed by this script:"
      sed -n '/will be REMOVED/,/^[^ ]/p' "$log" | grep '^ ' >&2
      die "remove them yourself if nothing else needs them, then run this again"
    fi
    tail -15 "$log" >&2
    die "apt-get cannot install these packages (above)"
  fi
  "${apt[@]}" install "${missing[@]}" >"$log" 2>&1 ||
    { tail -15 "$log" >&2; die "apt-get install failed (above)"; }
  rm -f "$log"
}

# Configures and builds a preset; prints the compiler's words only when something is wrong.
build_preset() {
  local preset=$1 log
  shift
  cd "$root" || exit 1
  # Paths below the checkout do not count, so that every clone shares what was compiled before, but for what
  # uses precompiled headers (docs/decisions/0023).
  export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
  log=$root/build/$preset.log
  mkdir -p "$root/build"
  if [ ! -f "build/$preset/build.ninja" ]; then
    cmake --preset "$preset" >"$log" 2>&1 ||
      { tail -30 "$log" >&2; die "configuring '$preset' failed (above; all of it: $log)"; }
  fi
  if [ -t 2 ]; then
    # ninja's own progress line.
    cmake --build --preset "$preset" "$@" >&2 || die "building '$preset' failed (above)"
  else
    cmake --build --preset "$preset" "$@" >"$log" 2>&1 ||
      { grep -nE 'error|FAILED' "$log" | head -40 >&2; die "building '$preset' failed (all of it: $log)"; }
  fi
}
