#!/bin/bash
# Our sending to a local relay beside Postfix's own smtp-source: same number, size and sessions, in turn, against the same smtp-sink.
# One sender is one process, as in production; its sessions carry 32 messages each, those of smtp-source -d go on to the end.
#   bench/smtp.sh [MESSAGES] [BYTES] [ROUNDS]
set -e
count=${1:-10000} bytes=${2:-4096} rounds=${3:-3} port=${PORT:-2526}
send=${POSTCIRCLE_BUILD:-build/release}/tests/tools/smtp_send
PATH=$PATH:/usr/sbin
command -v smtp-sink >/dev/null || { echo "skip smtp: postfix is not installed"; exit 0; }
dir=$(mktemp -d)
smtp-sink $([ "$(id -u)" -eq 0 ] && echo -u nobody) "127.0.0.1:$port" 1000 &
sink=$!
trap 'kill $sink; rm -rf "$dir"' EXIT
sleep 0.5

now() { date +%s%N; }
rate() { echo $((count * 1000000000 / ($2 - $1))); }

theirs() {
    local t0; t0=$(now)
    smtp-source -d -m "$count" -l "$bytes" -s "$1" -f s@example.org -t r@example.net "127.0.0.1:$port"
    rate "$t0" "$(now)"
}
ours() {
    local t0 pids=() i; t0=$(now)
    for ((i = 0; i < $1; i++)); do
        # what stands in the header is part of the size
        "$send" "smtp://127.0.0.1:$port" $((count / $1)) --bytes $((bytes - 500)) --quiet >"$dir/$i" &
        pids+=($!)
    done
    for i in "${pids[@]}"; do wait "$i"; done
    rate "$t0" "$(now)"
    [ "$(sed -n 's/.*"accepted":\([0-9]*\).*/\1/p' "$dir"/[0-9]* | awk "{ n += \$1 } END { print n }")" -eq $((count / $1 * $1)) ] ||
        echo "not all were accepted" >&2
    rm -f "$dir"/[0-9]*
}
median() { sort -n | sed -n "$(((rounds + 1) / 2))p"; }

echo "$count messages of $bytes bytes, median of $rounds"
for sessions in 1 2 4; do
    for ((r = 0; r < rounds; r++)); do
        theirs $sessions >>"$dir/theirs.$sessions"
        ours $sessions >>"$dir/ours.$sessions"
    done
    t=$(median <"$dir/theirs.$sessions") o=$(median <"$dir/ours.$sessions")
    printf '%d sessions  smtp-source %6d/s  ours %6d/s  ratio %d.%02d\n' $sessions "$t" "$o" $((o / t)) $((o * 100 / t % 100))
done
