#!/bin/sh
# Makes docs/report.png, the first screen of a report: docs/make-report-picture.sh RESULTS, after the README's first command.
# Needs a built `roundabout` and Chromium.
set -eu
results=$(realpath "$1")
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${ROUNDABOUT:-../target/release/roundabout}" report "$results" --out "$work/report.html"
"${CHROMIUM:-chromium}" --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1180,1580 \
    --virtual-time-budget=6000 --screenshot=report.png "file://$work/report.html" >/dev/null 2>&1
echo report.png
