#!/bin/sh
# Makes the pictures of these pages again: ./make-pictures.sh [PAGE...], such as `./make-pictures.sh bans payments`.
# Without a page it makes all. Needs a built `roundabout`; names another one by ROUNDABOUT=PATH.
set -eu
cd "$(dirname "$0")"
roundabout=${ROUNDABOUT:-../../target/release/roundabout}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# simulate SCENARIO...: scenarios of these pages, in one batch, so that draws meet the same world. What their reading has to
# say (most of it about goods that they leave out) is told only if they fail.
simulate() {
    files=
    for scenario in "$@"; do files="$files scenarios/$scenario.toml"; done
    rm -rf "$results/batch"
    batch=$*
    # shellcheck disable=SC2086
    "$roundabout" run $files --draws 256 --quiet --out "$results/batch" 2>"$results/messages" || {
        cat "$results/messages" >&2
        exit 1
    }
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
    simulate restrictions slow-networks
    draw capacity-limit "What can pass through Kazakhstan: machinery" capacities capacity=via-kz-machinery quantity=limit
    draw capacity-rent "Rent of the way through Kazakhstan: machinery" capacities capacity=via-kz-machinery quantity=rent
}

bans() {
    simulate ban-at-once ban-wind-down ban-exempt
    draw ban-direct "Germany sells machinery to Russia directly" \
        flows supply=machinery-germany demand=machinery-ru kind=direct unit=usd
}

exits() {
    simulate makers-leave makers-leave-slowly
    draw exit-bypassed "European machinery that reaches Russia round an exit" \
        metrics metric=bypassed commodity=machinery via= unit=usd
}

consignors() {
    simulate declared-unchecked declared-and-checked
    draw consignor-lithuania "Exports to Kyrgyzstan that Lithuania records" books reporter=LT partner=KG flow=export commodity=all unit=usd
    draw consignor-germany "Exports to Kyrgyzstan that Germany records" books reporter=DE partner=KG flow=export commodity=all unit=usd
    draw consignor-total "Circumvented" metrics metric=circumvented commodity=all via= unit=usd
}

quotas_and_tariffs() {
    simulate plywood-no-measures quota tariff
    draw quota-tariff-flow "Belarus sells plywood to Germany directly" \
        flows supply=plywood-by demand=plywood-germany kind=direct unit=t
}

closures() {
    simulate port-closed port-trusted-slowly
    draw closure-klaipeda "Belarusian potash by Klaipeda" capacities capacity=klaipeda-potash quantity=flow
    draw closure-ust-luga "Belarusian potash by Ust-Luga" capacities capacity=port-ust-luga-potash quantity=flow
    simulate potash-restrictions potash-relieved
    draw closure-relieved "Belarusian potash by Klaipeda" capacities capacity=klaipeda-potash quantity=flow
}

hauliers() {
    simulate hauliers-banned hauliers-return
    draw hauliers-road "Machinery by road from Poland to Belarus" capacities capacity=hauliers quantity=flow
    simulate restrictions kazakh-plates
    draw hauliers-genuine "Poland sells machinery to Kazakhstan for use there" \
        flows supply=machinery-poland demand=machinery-kz kind=direct unit=usd
}

costs() {
    simulate oil-restrictions discount-withdrawn
    draw cost-discount "Belarusian oil products by Ust-Luga" capacities capacity=port-ust-luga-oil quantity=flow
}

inspection() {
    simulate restrictions inspection inspection-learns
    draw inspection-kz "Circumvented through Kazakhstan, inspected" \
        metrics metric=circumvented commodity=all via=KZ unit=usd
    draw inspection-kg "Circumvented through Kyrgyzstan, not inspected" \
        metrics metric=circumvented commodity=all via=KG unit=usd
    simulate restrictions exit-one exit-all
    draw inspection-exits "Circumvented, machinery and vehicles" metrics metric=circumvented commodity=all via= unit=usd
}

partial_coverage() {
    simulate restrictions cars-never-banned cars-banned-2022
    draw coverage-cars "European cars that reach Russia through Belarus" \
        metrics metric=circumvented commodity=vehicles via=BY unit=usd
}

designation() {
    simulate restrictions designations-soon-replaced designations-not-replaced
    draw designation-limit "What can pass through Kazakhstan: machinery" capacities capacity=via-kz-machinery quantity=limit
    draw designation-circumvented "Circumvented, machinery and vehicles" \
        metrics metric=circumvented commodity=all via= unit=usd
}

payments() {
    simulate restrictions payments-worked-around payments-lasting
    draw payments-circumvented "Circumvented, machinery and vehicles" metrics metric=circumvented commodity=all via= unit=usd
}

export_ban() {
    simulate restrictions export-ban-few-licences export-ban-many-licences
    draw export-ban-circumvented "Circumvented, machinery and vehicles" \
        metrics metric=circumvented commodity=all via= unit=usd
    draw export-ban-genuine "Germany sells machinery to Kazakhstan for use there" \
        flows supply=machinery-germany demand=machinery-kz kind=direct unit=usd
}

no_reexport_clause() {
    simulate restrictions clause-obeyed-by-some clause-obeyed-by-most
    draw clause-circumvented "Circumvented, machinery and vehicles" metrics metric=circumvented commodity=all via= unit=usd
}

threat() {
    simulate restrictions threat
    draw threat-limit "What can pass through Kazakhstan: machinery" capacities capacity=via-kz-machinery quantity=limit
}

overcompliance() {
    simulate restrictions cautious-exporters
    draw overcompliance-genuine "Germany sells machinery to Kazakhstan for use there" \
        flows supply=machinery-germany demand=machinery-kz kind=direct unit=usd
}

trends() {
    simulate hubs-do-not-grow hubs-grow
    draw trend-books "EU exports of machinery to Kazakhstan, as the EU records them" \
        books reporter=EU partner=KZ flow=export commodity=machinery unit=usd
}

shocks() {
    simulate potash-no-measures no-price-shock
    draw shock-price "Price of potash in Brazil" prices side=demand id=potash-br quantity=price
    simulate potash-no-measures port-accidents
    draw shock-closure "Belarusian potash by Klaipeda" capacities capacity=klaipeda-potash quantity=flow
}

if test $# -eq 0; then
    set -- adaptive-capacity bans consignors exits quotas-and-tariffs closures hauliers costs inspection partial-coverage designation \
        payments export-ban no-reexport-clause threat overcompliance trends shocks
fi
mkdir -p pictures
for page in "$@"; do
    "$(echo "$page" | tr - _)"
done
