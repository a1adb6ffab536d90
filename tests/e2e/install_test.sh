#!/bin/bash
# `make install` puts everything in its place: the program makes a home, reads mail and writes it away from the tree that it was built in.
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
unset POSTCIRCLE_HOME POSTCIRCLE_NOW MAKEFLAGS
fail() {
    echo "not ok install_is_whole"
    echo "$1"
    exit 1
}
make --no-print-directory install DESTDIR="$folder" PREFIX=/usr FLAVOUR="$(basename "${POSTCIRCLE_BUILD:-build/release}")" >"$folder/log" 2>&1 || fail "$(tail -n 20 "$folder/log")"
export POSTCIRCLE_DATA=$folder/usr/share/postcircle POSTCIRCLE_PARSER=$folder/usr/libexec/postcircle/postcircle-parse
run() { "$folder/usr/bin/postcircle" --home "$folder/home" "$@" >"$folder/log" 2>&1; }
cd "$folder" || exit 1
run init --practice-name 'Lakeside Clinic' --office-phone '(555) 555-0100' --domain groups.example.org --relay "maildir:$folder/out" \
    --moderator 'Ana Ruiz <ana@example.org>' --second 'Lee Chan <lee@example.org>' --made-for test || fail "$(cat "$folder/log")"
printf 'From: x@example.com\r\nTo: desk@groups.example.org\r\nSubject: hi\r\n\r\nhello\r\n' |
    run receive --from x@example.com --to desk@groups.example.org || fail "receive: $(cat "$folder/log")"
run work --once || fail "work: $(cat "$folder/log")"
grep -q 'arrival_sorted' "$folder/log" || fail "nothing was sorted: $(cat "$folder/log")"
[ "$(find "$folder/out" -type f | wc -l)" -ge 2 ] || fail "no invitation left: $(cat "$folder/log")"
echo "ok install_is_whole"
