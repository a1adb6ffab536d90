#!/bin/bash
# Mail in by LMTP beside Postfix's own pair: smtp-source into the role lmtp of a running `serve` (every letter sealed and synced before its 250), and
# smtp-source into smtp-sink (which keeps nothing), same number, size and sessions, in turn. "held" is until the sorter has dealt with all of them; processor time
# is of smtp-sink and of the role lmtp, a letter: beside other work the clock on the wall says little.
#   bench/lmtp.sh [MESSAGES] [BYTES] [SESSIONS...]
set -e
count=${1:-2000} bytes=${2:-4096} port=${PORT:-2527}
shift $(($# > 2 ? 2 : $#))
[ $# -gt 0 ] || set -- 1 20 200
PATH=$PATH:/usr/sbin
program=${POSTCIRCLE_BUILD:-build/release}/postcircle
command -v smtp-sink >/dev/null || { echo "skip lmtp: postfix is not installed"; exit 0; }
command -v sqlite3 >/dev/null || { echo "skip lmtp: sqlite3 is not installed"; exit 0; }
dir=$(mktemp -d)
pids=()
trap '[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}"; wait; rm -rf "$dir"' EXIT
export POSTCIRCLE_HOME=$dir/home
"$program" init --practice-name "Lakeside Clinic" --office-phone "(555) 555-0100" --office-hours "Mon-Fri 08:00-17:00" --emergency-line 911 \
    --domain groups.example.org --relay "maildir-each:$dir/out" --zone America/New_York --moderator "Ana Ruiz <ana@example.org>" \
    --second "Lee Chan <lee@example.org>" --made-for test >/dev/null
"$program" group add --name "Tuesday Circle" --alias Tuesday >/dev/null
printf '\n[lmtp]\nlisten = unix:%s/sock\n' "$dir" >>"$dir/home/postcircle.ini"
"$program" serve 2>"$dir/log" &
serve=$!
pids+=($serve)
smtp-sink $([ "$(id -u)" -eq 0 ] && echo -u nobody) "127.0.0.1:$port" 1000 &
pids+=($!)
for ((i = 0; i < 100; i++)); do [ -S "$dir/sock" ] && break; sleep 0.1; done
sleep 0.5

now() { date +%s%N; }
rate() { echo $((count * 1000000000 / ($2 - $1))); }
stored() { sqlite3 "$dir/home/postcircle.db" "SELECT COUNT(*) FROM arrival WHERE state $1"; }
role() { pgrep -P $serve -f "role $1"; }
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; } # of processor, 100 a second
each() { echo $((($2 - $1) * 10000 / count)); }
kb() { awk '/^Pss:/ { print $2 }' "/proc/$(role lmtp)/smaps_rollup"; }

echo "$count messages of $bytes bytes"
for sessions in "$@"; do
    before=$(stored '> 1') sink=$(ticks "${pids[1]}") lmtp=$(ticks "$(role lmtp)")
    t0=$(now)
    smtp-source -d -m "$count" -l "$bytes" -s "$sessions" -f s@example.org -t r@example.net "127.0.0.1:$port"
    theirs=$(rate "$t0" "$(now)")
    t0=$(now)
    smtp-source -L -d -m "$count" -l "$bytes" -s "$sessions" -f s@example.org -t tuesday@groups.example.org "unix:$dir/sock"
    ours=$(rate "$t0" "$(now)")
    [ $(($(stored '> 1') - before)) -eq "$count" ] || { echo "not all were kept"; exit 1; }
    while [ "$(stored '< 4')" -gt 0 ]; do sleep 0.1; done
    printf '%3d sessions  smtp-source to smtp-sink %6d/s  to us %6d/s  ratio %d.%02d  held %5d/s  role lmtp %d KB (PSS), %d us of processor a letter, smtp-sink %d\n' \
        "$sessions" "$theirs" "$ours" $((ours / theirs)) $((ours * 100 / theirs % 100)) "$(rate "$t0" "$(now)")" "$(kb)" \
        "$(each "$lmtp" "$(ticks "$(role lmtp)")")" "$(each "$sink" "$(ticks "${pids[1]}")")"
done
