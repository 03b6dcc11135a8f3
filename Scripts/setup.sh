#!/usr/bin/env bash
# Makes sure that everything is there that building needs: Swift 6.1 or later, oneDNN, libxsmm and zlib, and libxml2,
# which reads HTML when the program runs.
# Installs the libraries from Debian's or Ubuntu's packages when one is missing; does nothing when all are there.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

if ! command -v swift >/dev/null; then
    say "setup: swift is not on the PATH. Install Swift 6.1 or later from https://www.swift.org/install and try again."
    exit 1
fi

# Whether a program that uses the libraries compiles and links.
has_libraries() { printf '%s\n' '#include <dnnl.h>' '#include <libxsmm.h>' '#include <zlib.h>' '#include <libxml/parser.h>' \
    'int main(void) { libxsmm_init(); xmlInitParser(); return !dnnl_version() || !zlibVersion(); }' \
    | clang -x c -I/usr/include/libxml2 - -lxml2 -lz -ldnnl -lxsmm -lxsmmnoblas -ldl -lm -lpthread -o /dev/null \
    2>/dev/null; }

packages="libdnnl-dev libxsmm-dev libxml2-dev zlib1g-dev"

if ! has_libraries; then
    if ! command -v apt-get >/dev/null; then
        say "setup: oneDNN (2.6 or later), libxsmm (1.17), libxml2 or zlib is missing, and this system has no apt-get."
        say "Install them with the system's package manager, or build them:"
        say "https://github.com/uxlfoundation/oneDNN https://github.com/libxsmm/libxsmm https://zlib.net"
        say "https://gitlab.gnome.org/GNOME/libxml2"
        exit 1
    fi
    sudo=
    if [ "$(id -u)" -ne 0 ]; then
        sudo=$(command -v sudo) || { say "setup: run 'apt-get install $packages' as root, then try again."; exit 1; }
    fi
    say "setup: installing $packages"
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
    has_libraries || { say "setup: $packages are installed, but a program that uses them does not link."; exit 1; }
fi
