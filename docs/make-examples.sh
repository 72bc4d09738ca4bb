#!/bin/sh
# Runs the commands that the documents show, and puts what they print in place of what they printed: ./make-examples.sh
# Needs a built `roundabout`; names another one by ROUNDABOUT=PATH. Figures in sentences stay: read them again, then the pictures
# (mechanisms/make-pictures.sh).
set -eu
cd "$(dirname "$0")/.."
roundabout=${ROUNDABOUT:-target/release/roundabout}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin" "$folder/place"
cp "$roundabout" "$folder/bin/roundabout"
PATH=$folder/bin:$PATH

# prepare: a folder with the library, the small world of worlds.md and the records of backtest.md, without results.
prepare() {
    rm -rf "$folder/place"
    mkdir -p "$folder/place/world"
    cp -r scenarios "$folder/place"
    mkdir -p "$folder/place/docs" "$folder/place/tests"
    cp -r docs/sensitivity "$folder/place/docs"
    cp -r tests/worlds "$folder/place/tests"
    awk -v folder="$folder/place" '
        /^```csv .*\.csv$/ { file = folder "/world/" $2; next }
        /^```toml complete$/ { file = folder "/small.toml"; next }
        /^```toml .*\.toml$/ { file = folder "/" $2; next }
        /^```/ { file = "" }
        file { print > file }' docs/worlds.md docs/backtest.md
}

# refresh DOCUMENT: in each block of commands, replaces what follows a line `$ roundabout ...`. What `schema` and `sources` print
# is cut where it is cut now; the scenario with slips is nobody's file.
refresh() {
    awk -v folder="$folder/place" '
        function show(    line, left, shown) {
            if (command == "") return
            left = command ~ /^roundabout (schema|sources)/ ? printed : -1
            while ((("cd " folder " && { " command "; } 2>&1") | getline line) > 0) {
                sub(/ +$/, "", line)
                # Progress depends on the time.
                if (line ~ /^[0-9]+ of [0-9]+ draws \(/) continue
                if (left < 0 || shown++ < left) print line
            }
            close("cd " folder " && { " command "; } 2>&1")
            command = ""
        }
        /^```/ {
            show()
            inside = !inside
            print
            next
        }
        inside && /^\$ roundabout / && !/wrong\.toml$/ {
            show()
            print
            command = substr($0, 3)
            printed = 0
            continued = sub(/\\$/, "", command)
            next
        }
        continued {
            print
            command = command $0
            continued = sub(/\\$/, "", command)
            next
        }
        command != "" { printed++; next }
        { print }' "$1" >"$folder/document"
    cp "$folder/document" "$1"
    echo "$1"
}

prepare
(cd "$folder/place" && eval "$(sed -n 's/^cargo run --release --locked -- run /roundabout run --quiet /p' "$OLDPWD/README.md")")
refresh README.md
for document in commands world backtest sensitivity; do
    prepare
    refresh "docs/$document.md"
done
