#!/usr/bin/env bash
# Checks that a package can depend on this one as the README says, by version from a URL and by path from a folder of
# any name, and that its program finds the default model, or says how to ship it, after it was copied.
#
# It checks what is committed, not what stands in the working tree. Two debug builds; takes some minutes.
#
#     Scripts/check-package.sh        (make test-package)
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(realpath "$(mktemp -d)")
trap 'rm -rf "$scratch"' EXIT

fail() { printf 'check-package: %s\n' "$*" >&2; exit 1; }

# The README's two lines, and the version that it names.
by_version=$(grep -o '\.package(url: "[^"]*/block-skim[^"]*", \.upToNextMinor(from: "[^"]*"))' README.md) || fail "README.md has no line for a URL"
by_path=$(grep -o '\.package(name: "block-skim", path: "[^"]*")' README.md) || fail "README.md has no line for a path"
product=$(grep -o '\.product(name: "BlockSkim", package: "[^"]*")' README.md) || fail "README.md does not name the product"
version=$(sed 's/.*from: "\(.*\)".*/\1/' <<<"$by_version")
grep -q "^## \[$version\]" CHANGELOG.md || fail "CHANGELOG.md has no version $version, which README.md names"

git clone --quiet --bare . "$scratch/block-skim.git"
git -C "$scratch/block-skim.git" -c user.name=check -c user.email=check@localhost tag --force "$version" HEAD >/dev/null
git clone --quiet "$scratch/block-skim.git" "$scratch/a folder of another name"

# Makes the package $1 with the dependency $2, on the sources of the example, and builds it.
builds() {
    local package=$scratch/$1
    mkdir -p "$package/Sources/Answer"
    cp Examples/Answer/Sources/Answer/main.swift "$package/Sources/Answer"
    cat >"$package/Package.swift" <<MANIFEST
// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "Answer",
    platforms: [.macOS(.v15)],
    dependencies: [$2],
    targets: [.executableTarget(name: "Answer", dependencies: [$product])]
)
MANIFEST
    swift build --package-path "$package" || fail "$2 does not build"
}

# Fails when a program does not answer the example's question. Arguments before the program are for env.
answers() {
    local output
    output=$(cd / && env "$@") || fail "$* does not run"
    [[ $output =~ ^.+\ [0-9]+\ [0-9]+\ [01]\.[0-9]+ ]] || fail "$* answers: $output"
}

builds by-path "$(sed "s|path: \"[^\"]*\"|path: \"$scratch/a folder of another name\"|" <<<"$by_path")"
answers "$scratch/by-path/.build/debug/Answer"

builds by-version "$(sed "s|url: \"[^\"]*\"|url: \"file://$scratch/block-skim.git\"|" <<<"$by_version")"
built=$scratch/by-version/.build/debug
answers "$built/Answer"

# The program by itself says what is missing and what to do; each of the things that it names then helps.
resources=block-skim_BlockSkimDefaultModel.resources
copy=$scratch/copy/bin
mkdir -p "$copy"
cp "$built/Answer" "$copy"
mv "$built/$resources" "$scratch/$resources"
! message=$("$copy/Answer" 2>&1) || fail "the copied program answers without a model"
for part in "copy $resources" "$copy/$resources/Model" "$copy/../share/blockskim/default-model" BLOCKSKIM_DEFAULT_MODEL; do
    [[ $message == *"$part"* ]] || fail "the copied program does not name $part: $message"
done
answers BLOCKSKIM_DEFAULT_MODEL="$scratch/$resources/Model" "$copy/Answer"
mkdir -p "$scratch/copy/share/blockskim"
cp -r "$scratch/$resources/Model" "$scratch/copy/share/blockskim/default-model"
answers "$copy/Answer"
rm -r "$scratch/copy/share"
cp -r "$scratch/$resources" "$copy"
answers "$copy/Answer"

echo "check-package: built by path and by version, and run from elsewhere"
