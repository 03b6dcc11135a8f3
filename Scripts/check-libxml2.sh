#!/usr/bin/env bash
# Checks that Sources/CLibXML2/libxml2.h declares what the installed headers of libxml2 declare. Prints one line; the
# exit status is 0 only when all is well.
set -euo pipefail
cd "$(dirname "$0")/.."

headers=$(pkg-config --cflags libxml-2.0 2>/dev/null || echo -I/usr/include/libxml2)
# shellcheck disable=SC2086  # the flags are several words
clang -std=c11 -Wall -Wextra -Werror -Wno-deprecated-declarations $headers -fsyntax-only Scripts/check_libxml2.c \
    || { echo "check-libxml2: Sources/CLibXML2/libxml2.h does not agree with the headers of libxml2-dev" >&2; exit 1; }
version=$(printf '#include <libxml/xmlversion.h>\nLIBXML_DOTTED_VERSION\n' | clang $headers -E -P - | tail -n 1)
echo "libxml2 ${version//\"/}: declared as its headers have it"
