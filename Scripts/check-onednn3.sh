#!/usr/bin/env bash
# Checks that Sources/COneDNN/shim.h computes the right things with the installed oneDNN and with oneDNN 3.2 from PyPI.
# Prints one line for each; the exit status is 0 only when both are well. Needs python3; fetches 38 MB.
set -euo pipefail
cd "$(dirname "$0")/.."

release=2023.2.0  # of the wheels: oneDNN 3.2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { printf 'check-onednn3: %s\n' "$*" >&2; exit 1; }

# check NAME [COMPILER FLAGS…]: builds the program in check_onednn.c, runs it, and prints its line.
check() {
    local program=$work/check-$1
    shift
    clang -std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror Scripts/check_onednn.c "$@" -ldnnl -lm -o "$program"
    "$program"
}

status=0
check installed || status=1

if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "oneDNN 3: not checked, since PyPI has it for x86-64 Linux only"
    exit "$status"
fi
# Debian's python3 comes without pip.
if ! python3 -m pip --version >/dev/null 2>&1; then
    sudo=
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    { $sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends python3-pip; } >&2 \
        || fail "oneDNN 3 was not checked: install pip for python3, then try again"
fi
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$work" \
    "onednn-devel-cpu-gomp==$release" "onednn-cpu-gomp==$release" >"$work/pip.log" 2>&1 \
    || { cat "$work/pip.log" >&2; fail "oneDNN 3 was not checked: its wheels could not be fetched from PyPI"; }
# pip would leave out the libraries when installing both into one directory.
for wheel in "$work"/*.whl; do python3 -m zipfile -e "$wheel" "$work/wheels"; done
headers=$(echo "$work"/wheels/onednn_devel_cpu_gomp-*.data/data/include)
libraries=$(echo "$work"/wheels/onednn_cpu_gomp-*.data/data/lib)
check 3 -isystem "$headers" -L "$libraries" "-Wl,-rpath,$libraries" || status=1
exit "$status"
