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

# Debian's python3 comes without pip.
python=python3
if ! python3 -m pip --version >/dev/null 2>&1; then
    python3 -m venv "$work/venv" >/dev/null 2>&1 \
        || fail "oneDNN 3 was not checked: it comes from PyPI, and python3 has neither pip nor venv (apt-get install python3-pip)"
    python=$work/venv/bin/python
fi
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$work" \
    "onednn-devel-cpu-gomp==$release" "onednn-cpu-gomp==$release" 2>"$work/pip.log" \
    || { cat "$work/pip.log" >&2; fail "oneDNN 3 was not checked: its wheels could not be fetched from PyPI"; }
# pip would leave out the libraries when installing both into one directory.
for wheel in "$work"/*.whl; do "$python" -m zipfile -e "$wheel" "$work/wheels"; done
headers=$(echo "$work"/wheels/onednn_devel_cpu_gomp-*.data/data/include)
libraries=$(echo "$work"/wheels/onednn_cpu_gomp-*.data/data/lib)
check 3 -isystem "$headers" -L "$libraries" "-Wl,-rpath,$libraries" || status=1
exit "$status"
