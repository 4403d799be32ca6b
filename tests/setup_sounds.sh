#!/usr/bin/env bash
# Human French telephone voices with known words, for the tests: Debian's asterisk-prompt-fr-armelle (GSM files),
# unpacked under var/test/armelle. apt checks the package's signature. Needs no root where the package lists are
# there already. Can be repeated: the folder appears whole or not at all.
set -euo pipefail
cd "$(dirname "$0")/.."
target=var/test/armelle
package=asterisk-prompt-fr-armelle

[ -n "$(find "$target/usr" -name '*.gsm' -print -quit 2>/dev/null)" ] && exit 0
for tool in apt-get dpkg; do
  command -v "$tool" >/dev/null || { echo "expected $tool, to fetch Debian's $package: install it" >&2; exit 1; }
done
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

mkdir -p "$(dirname "$target")"
folder=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$folder"' EXIT
apt-cache show "$package" >/dev/null 2>&1 || as_root apt-get update
(cd "$folder" && apt-get -o APT::Sandbox::User=root download "$package")
dpkg -x "$folder"/*.deb "$folder/unpacked"
rm -rf "$target"
mv "$folder/unpacked" "$target"
echo "$(find "$target" -name '*.gsm' | wc -l) sounds in $target"
