#!/usr/bin/env bash
# Checks `make install`, `make archive` and `make uninstall`: everything is where it belongs, and the program answers
# from there with its own model. Builds the program for release first.
#
#     Scripts/check-install.sh        (make test-install)
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() { printf 'check-install: %s\n' "$*" >&2; exit 1; }

mkdir "$scratch/documents"
echo '<title>1850</title><p>The mill was built in&nbsp;1921.' >"$scratch/documents/mill.html"
echo 'The tower is tall.' >"$scratch/documents/tower.txt"

# What is expected below a prefix, beside the files of the model.
files="bin/blockskim share/doc/blockskim/LICENSE share/doc/blockskim/NOTICE share/doc/blockskim/CHANGELOG.md
share/man/man1/blockskim.1 share/bash-completion/completions/blockskim share/zsh/site-functions/_blockskim
share/fish/vendor_completions.d/blockskim.fish share/blockskim/default-model/model.safetensors"

# Fails when a program does not answer with the default model of the same prefix. The environment is bare, and the
# folder another one.
answers() {
    local output
    output=$(cd / && env -i "$1" answer --question "When was the mill built?" --context "The mill was built in 1921.") \
        || fail "$1 does not run"
    [[ $output == 1921* ]] || fail "$1 answers: $output"
    # A page and a text, of a directory: the program opens libxml2, which is no part of it.
    output=$(cd / && env -i "$1" answer --question "When was the mill built?" --context-file "$scratch/documents") \
        || fail "$1 does not read documents"
    [[ $output == 1921*mill.html,* ]] || fail "$1 answers: $output"
}

checks() {
    local prefix=$1 file
    for file in $files; do [ -s "$prefix/$file" ] || fail "$prefix/$file is missing or empty"; done
    cmp Sources/BlockSkimDefaultModel/Model/model.safetensors "$prefix/share/blockskim/default-model/model.safetensors"
    [ -z "$(nm "$prefix/bin/blockskim" 2>/dev/null)" ] || fail "$prefix/bin/blockskim is not stripped"
    answers "$prefix/bin/blockskim"

    bash -n "$prefix/share/bash-completion/completions/blockskim" || fail "bash cannot read its completions"
    bash -c 'source "$1" && complete -p blockskim' - "$prefix/share/bash-completion/completions/blockskim" >/dev/null \
        || fail "bash has no completions of blockskim"
    if command -v zsh >/dev/null; then zsh -n "$prefix/share/zsh/site-functions/_blockskim"; fi
    if command -v fish >/dev/null; then fish --no-execute "$prefix/share/fish/vendor_completions.d/blockskim.fish"; fi
    local page=$prefix/share/man/man1/blockskim.1
    grep -q '^\.Dt BLOCKSKIM 1' "$page" || fail "$page is no man page"
    grep -q '^\.It Fl -context-file' "$page" || fail "$page does not have the options of blockskim answer"
    if command -v man >/dev/null; then
        [ -z "$(man --warnings -l "$page" 2>&1 >/dev/null)" ] || fail "man warns about $page"
    fi
}

make --no-print-directory install DESTDIR="$scratch/a root" PREFIX=/opt/skim
checks "$scratch/a root/opt/skim"
# A file of an older model must not stay behind when a new one is installed.
touch "$scratch/a root/opt/skim/share/blockskim/default-model/stale.json"
make --no-print-directory install DESTDIR="$scratch/a root" PREFIX=/opt/skim
[ ! -e "$scratch/a root/opt/skim/share/blockskim/default-model/stale.json" ] || fail "install leaves old files"
ln -s "$scratch/a root/opt/skim/bin/blockskim" "$scratch/link"
answers "$scratch/link"
make --no-print-directory uninstall DESTDIR="$scratch/a root" PREFIX=/opt/skim
[ -z "$(find "$scratch/a root" -type f)" ] || fail "uninstall leaves $(find "$scratch/a root" -type f)"

rm -f blockskim-*.tar.gz
make --no-print-directory archive
archives=(blockskim-*.tar.gz)
[ "${#archives[@]}" = 1 ] || fail "there is not one archive: ${archives[*]}"
mkdir "$scratch/another place"
tar --extract --file "${archives[0]}" --directory "$scratch/another place"
# Nothing stands beside the one folder, which has the archive's name.
unpacked="$scratch/another place/${archives[0]%.tar.gz}"
[ "$(ls "$scratch/another place")" = "${archives[0]%.tar.gz}" ] || fail "the archive holds $(ls "$scratch/another place")"
mv "$unpacked" "$scratch/moved"
checks "$scratch/moved"

# Without its model the program says so in one line.
rm -r "$scratch/moved/share/blockskim"
! message=$("$scratch/moved/bin/blockskim" answer --question q --context c 2>&1) || fail "it answers without a model"
[[ $message == *"default model is not there"* && $(wc -l <<<"$message") = 1 ]] || fail "without a model it says: $message"

echo "check-install: installed, archived and uninstalled"
