#!/bin/sh
# Makes the pictures of plots.md again: docs/make-plots.sh. Needs a built `roundabout`; names another one by ROUNDABOUT=PATH, and
# other numbers of draws by DRAWS=NUMBER and, for the whole library and measures left out in turn, DRAWS_OF_MANY=NUMBER.
set -eu
cd "$(dirname "$0")/.."
roundabout=${ROUNDABOUT:-target/release/roundabout}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
mkdir -p docs/plots

# simulate FOLDER ARGUMENT...: what reading has to say is told only if the run fails.
simulate() {
    folder=$1
    shift
    "$roundabout" run "$@" --quiet --out "$results/$folder" >"$results/messages" 2>&1 || {
        cat "$results/messages" >&2
        exit 1
    }
}

# draw PICTURE ARGUMENT...
draw() {
    picture=$1
    shift
    "$roundabout" plot "$@" --out "docs/plots/$picture.svg"
    echo "docs/plots/$picture.svg"
}

# The metric of most pictures: all goods, through any intermediary, in dollars.
whole="--where metric=circumvented --where commodity=all --where via= --where unit=usd"

# shellcheck disable=SC2086
{
    simulate six scenarios/primary.toml scenarios/history.toml scenarios/secondary-*.toml --draws "${DRAWS:-32}"
    draw fan "$results/six/primary" "$results/six/history" $whole --measures
    draw difference "$results/six" $whole --kind difference
    draw by "$results/six/history" --kind fan --by via --where metric=circumvented --where commodity=all --where unit=usd
    draw books "$results/six/history" --table books --where reporter=EU --where partner=KG --where flow=export \
        --where commodity=all --where unit=usd
    draw dots-difference "$results/six" $whole --kind dots --difference

    simulate all scenarios/*.toml --reference primary --draws "${DRAWS_OF_MANY:-8}"
    draw dots "$results/all" $whole --kind dots --where period=2024
    # Panels of all scenarios would make a large file.
    set --
    for scenario in primary all-together exit-inspection-all history kazakh-registration-ban secondary-designations \
        secondary-export-ban secondary-export-ban-kg secondary-payments; do
        set -- "$@" "$results/all/$scenario"
    done
    draw multiples "$@" $whole --kind multiples

    simulate grid scenarios/secondary-payments.toml --draws "${DRAWS:-32}" \
        --grid payments.banks.refused_share=0.0,0.1,0.2,0.3,0.4
    draw sweep "$results/grid" --kind sweep --where metric=circumvented --where unit=usd

    simulate turns scenarios/secondary-designations.toml --draws "${DRAWS_OF_MANY:-8}" --leave-one-out
    draw sweep-without "$results/turns" --kind sweep --where metric=circumvented --where unit=usd
}
