#!/bin/sh
# Build the wheel, install it in an empty environment, and run a shipped scenario from an empty folder.
set -eu
python="$1"
case "$python" in /*) ;; *) python="$PWD/$python" ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m pip wheel -q --disable-pip-version-check --no-deps -w "$work" .
"$python" -m zipfile -l "$work"/*.whl > "$work/list"
for file in scenarios/*.yaml; do grep -q "^sim/$file " "$work/list"; done
if grep "^sim/scenarios/.*[.]py " "$work/list"; then exit 1; fi
"$python" -m venv "$work/env"
"$work/env/bin/python" -m pip install -q --disable-pip-version-check "$work"/*.whl
cd "$work"
size=$(du -sm env/lib | cut -f1)
echo "installed: $size MB"
test "$size" -lt 300
env/bin/sim scenarios
env/bin/sim run four_cities --runs 500 --out out --plots
env/bin/sim agree three_sides --runs 2
test -s out/plots/control.png
echo "the wheel works on its own"
