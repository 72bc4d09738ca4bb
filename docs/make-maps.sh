#!/usr/bin/env bash
# Draws the maps of docs/world.md: docs/make-maps.sh [PATH/TO/roundabout]
set -euo pipefail
cd "$(dirname "$0")/.."
program=${1:-target/release/roundabout}
world=scenarios/worlds/eurasia
map() {
    local name=$1
    shift
    "$program" show "$world" --map "docs/world/$name.svg" "$@" >/dev/null
}
rm -f docs/world/*.svg
map potash --route 'potash-by>potash-cn:direct*' --part 15,25,130,72
map gates --route 'machinery-germany>machinery-ru:direct*' --part 5,43,45,63
map china --route 'machinery-cn>machinery-ru:direct*'
map hubs --route 'machinery-germany>machinery-ru:reexport:K*' --part 8,38,82,60
