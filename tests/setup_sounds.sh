#!/usr/bin/env bash
# Human French telephone voices with known words, for the tests: Debian's asterisk-prompt-fr-armelle (GSM files),
# unpacked under var/test/armelle. Needs no root where the package lists are there already.
set -euo pipefail
cd "$(dirname "$0")/.."
target=var/test/armelle
package=asterisk-prompt-fr-armelle
[ -d "$target/usr" ] && exit 0
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
apt-cache show "$package" >/dev/null 2>&1 || as_root apt-get update -qq
(cd "$folder" && apt-get -o APT::Sandbox::User=root download -qq "$package")
mkdir -p "$target"
dpkg -x "$folder"/*.deb "$target"
echo "$(find "$target" -name '*.gsm' | wc -l) sounds in $target"
