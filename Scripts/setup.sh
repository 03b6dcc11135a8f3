#!/usr/bin/env bash
# Makes sure that everything is there that building needs: Swift 6.1 or later, a C compiler's headers, and oneDNN.
# Installs oneDNN from Debian's or Ubuntu's packages when it is missing; does nothing when all is there.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

if ! command -v swift >/dev/null; then
    say "setup: swift is not on the PATH. Install Swift 6.1 or later from https://www.swift.org/install and try again."
    exit 1
fi

has_onednn() { printf '#include <dnnl.h>\nint main(void) { return !dnnl_version(); }\n' \
    | clang -x c - -ldnnl -o /dev/null 2>/dev/null; }

if ! has_onednn; then
    if ! command -v apt-get >/dev/null; then
        say "setup: oneDNN (dnnl.h and libdnnl, 2.6 or later) is missing and this system has no apt-get."
        say "Install it with the system's package manager, or build it: https://github.com/uxlfoundation/oneDNN"
        exit 1
    fi
    sudo=
    if [ "$(id -u)" -ne 0 ]; then
        sudo=$(command -v sudo) || { say "setup: run 'apt-get install libdnnl-dev' as root, then try again."; exit 1; }
    fi
    say "setup: installing libdnnl-dev"
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libdnnl-dev >/dev/null
    has_onednn || { say "setup: libdnnl-dev is installed, but a program that uses it does not link."; exit 1; }
fi
