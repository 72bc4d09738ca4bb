#!/bin/sh
# Makes the pictures of these pages again: ./make-pictures.sh [PAGE...], such as `./make-pictures.sh bans payments`.
# Without a page it makes all. Needs a built `roundabout`; names another one by ROUNDABOUT=PATH.
set -eu
cd "$(dirname "$0")"
roundabout=${ROUNDABOUT:-../../target/release/roundabout}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# simulate SCENARIO...: shipped scenarios and those of these pages, in one batch, so that draws meet the same world.
simulate() {
    files=
    for scenario in "$@"; do
        file=scenarios/$scenario.toml
        test -f "$file" || file=../../scenarios/$scenario.toml
        files="$files $file"
    done
    rm -rf "$results/batch"
    batch=$*
    # shellcheck disable=SC2086
    "$roundabout" run $files --draws 256 --quiet --out "$results/batch"
}

# draw PICTURE TITLE TABLE COLUMN=VALUE...: of the scenarios simulated last, in their order.
draw() {
    picture=$1 title=$2 table=$3
    shift 3
    for scenario in $batch; do set -- "$@" "$results/batch/$scenario"; done
    for argument in "$@"; do
        shift
        case $argument in
        "$results"/*) set -- "$@" "$argument" ;;
        *) set -- "$@" --where "$argument" ;;
        esac
    done
    "$roundabout" plot "$@" --table "$table" --title "$title" --out "pictures/$picture.svg"
    echo "pictures/$picture.svg"
}

adaptive_capacity() {
    simulate primary slow-networks
    draw capacity-limit "What can pass through Kazakhstan: machinery" capacities capacity=via-kz-machinery quantity=limit
    draw capacity-rent "Rent of the way through Kazakhstan: machinery" capacities capacity=via-kz-machinery quantity=rent
}

bans() {
    simulate ban-at-once ban-wind-down ban-exempt
    draw ban-direct "The western EU sells machinery to Russia directly" \
        flows supply=machinery-eu-west demand=machinery-ru kind=direct unit=usd
}

quotas_and_tariffs() {
    simulate baseline quota tariff
    draw quota-tariff-flow "Belarus sells plywood to the western EU directly" \
        flows supply=plywood-by demand=plywood-eu-west kind=direct unit=t
}

closures() {
    simulate port-closed port-trusted-slowly
    draw closure-klaipeda "Belarusian potash by Klaipeda" capacities capacity=klaipeda-potash quantity=flow
    draw closure-ust-luga "Belarusian potash by Ust-Luga" capacities capacity=port-ust-luga-potash quantity=flow
}

hauliers() {
    simulate hauliers-banned hauliers-return
    draw hauliers-road "Machinery by road from Poland to Belarus" capacities capacity=hauliers quantity=flow
}

costs() {
    simulate primary no-discount
    draw cost-discount "Belarusian oil products by Ust-Luga" capacities capacity=port-ust-luga-oil quantity=flow
}

inspection() {
    simulate primary inspection inspection-learns
    draw inspection-kz "Circumvented through Kazakhstan, inspected" \
        metrics metric=circumvented commodity=all via=KZ unit=usd
    draw inspection-hubs "Circumvented through Armenia, Georgia and Uzbekistan, not inspected" \
        metrics metric=circumvented commodity=all via=HUBS unit=usd
}

partial_coverage() {
    simulate primary cars-banned-2022 cars-banned-2024
    draw coverage-cars "European cars that reach Russia through Belarus" \
        metrics metric=circumvented commodity=vehicles via=BY unit=usd
}

designation() {
    simulate primary designations-soon-replaced designations-not-replaced
    draw designation-limit "What can pass through Kazakhstan: machinery" capacities capacity=via-kz-machinery quantity=limit
    draw designation-circumvented "Circumvented, all goods" metrics metric=circumvented commodity=all via= unit=usd
}

payments() {
    simulate primary payments-worked-around payments-lasting
    draw payments-circumvented "Circumvented, all goods" metrics metric=circumvented commodity=all via= unit=usd
    draw payments-genuine "The western EU sells machinery to Kazakhstan for use there" \
        flows supply=machinery-eu-west demand=machinery-kz kind=direct unit=usd
}

export_ban() {
    simulate primary export-ban-few-licences export-ban-many-licences
    draw export-ban-circumvented "Circumvented, all goods" metrics metric=circumvented commodity=all via= unit=usd
    draw export-ban-genuine "The western EU sells machinery to Kazakhstan for use there" \
        flows supply=machinery-eu-west demand=machinery-kz kind=direct unit=usd
}

no_reexport_clause() {
    simulate primary clause-obeyed-by-some clause-obeyed-by-most
    draw clause-circumvented "Circumvented, all goods" metrics metric=circumvented commodity=all via= unit=usd
}

threat() {
    simulate primary threat
    draw threat-limit "What can pass through Kazakhstan: machinery" capacities capacity=via-kz-machinery quantity=limit
}

overcompliance() {
    simulate primary cautious-exporters
    draw overcompliance-genuine "The western EU sells machinery to Kazakhstan for use there" \
        flows supply=machinery-eu-west demand=machinery-kz kind=direct unit=usd
}

trends() {
    simulate hubs-do-not-grow hubs-grow
    draw trend-books "EU exports of machinery to Kazakhstan, as the EU records them" \
        books reporter=EU partner=KZ flow=export commodity=machinery unit=usd
}

shocks() {
    simulate baseline no-price-shock
    draw shock-price "Price of potash in Brazil" prices side=demand id=potash-br quantity=price
    simulate baseline port-accidents
    draw shock-closure "Belarusian potash by Klaipeda" capacities capacity=klaipeda-potash quantity=flow
}

if test $# -eq 0; then
    set -- adaptive-capacity bans quotas-and-tariffs closures hauliers costs inspection partial-coverage designation \
        payments export-ban no-reexport-clause threat overcompliance trends shocks
fi
mkdir -p pictures
for page in "$@"; do
    "$(echo "$page" | tr - _)"
done
