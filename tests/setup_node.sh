#!/usr/bin/env bash
# Checkers from npm at pinned versions, for the tests: tests/node/package-lock.json. Can be repeated.
set -euo pipefail
cd "$(dirname "$0")/node"
command -v npm >/dev/null || { echo "expected npm, to install the checkers of the tests: install it" >&2; exit 1; }
npm ci --no-audit --no-fund
