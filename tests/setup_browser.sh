#!/usr/bin/env bash
# What the tests of the console need: a Chromium from Debian, and axe-core (from npm, by checksum), which looks for
# barriers, under var/test/axe. Can be repeated: what is there stays, and the folder appears whole or not at all.
set -euo pipefail
cd "$(dirname "$0")/.."
axe=axe-core@4.14.1
axe_sha256=29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c
target=var/test/axe

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

if ! command -v chromium >/dev/null; then
  command -v apt-get >/dev/null || { echo "expected chromium or apt-get: install chromium" >&2; exit 1; }
  apt-cache show chromium >/dev/null 2>&1 || as_root apt-get update
  as_root apt-get install -y --no-install-recommends chromium
fi

[ -f "$target/axe.min.js" ] && exit 0
command -v npm >/dev/null || { echo "expected npm, to fetch $axe: install it" >&2; exit 1; }
mkdir -p "$(dirname "$target")"
folder=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && npm pack --silent "$axe" >/dev/null && tar -xzf axe-core-*.tgz)
echo "$axe_sha256  $folder/package/axe.min.js" | sha256sum --check --quiet
rm -rf "$target"
mv "$folder/package" "$target"
echo "axe-core in $target"
