#!/usr/bin/env bash
# clang-format 14 over every source of ours: format_lint.sh ROOT
set -euo pipefail
cd "$1"
git ls-files --cached --others --exclude-standard '*.cpp' '*.h' | xargs -r -d '\n' clang-format-14 --dry-run --Werror
