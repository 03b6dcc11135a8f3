#!/bin/sh
# Writes the completions and the man page of a built program, in the folders where they are installed.
#
#     Scripts/reference.sh PROGRAM GENERATE_MANUAL OUTPUT
#
# GENERATE_MANUAL is argument-parser's own tool, built by `swift build --product generate-manual`. Its plugin would
# build the program again, without the settings of the Makefile.
set -eu

program=$1
generate_manual=$2
output=$3

share=$output/share
man=$share/man/man1
bash=$share/bash-completion/completions
zsh=$share/zsh/site-functions
fish=$share/fish/vendor_completions.d
rm -rf "$output"
mkdir -p "$man" "$bash" "$zsh" "$fish"

"$program" --generate-completion-script bash >"$bash/blockskim"
"$program" --generate-completion-script zsh >"$zsh/_blockskim"
"$program" --generate-completion-script fish >"$fish/blockskim.fish"
# An empty line is an error in mdoc, where .Pp begins a paragraph.
"$generate_manual" "$program" --output-directory - >"$output/page"
sed 's/^$/.Pp/' "$output/page" >"$man/blockskim.1"
rm "$output/page"
