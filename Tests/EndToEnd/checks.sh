# What service-checks counts and compares with. Sourced, not run.

passed=0
failed=0
patience_seconds=600 # for anything that is awaited; a hang shows as a failure, not as a hang

# check SENTENCE COMMAND...: one line, `ok` if the command succeeds.
check() {
    local sentence=$1 said
    shift
    if said=$("$@" 2>&1); then
        echo "ok - $sentence"
        passed=$((passed + 1))
    else
        echo "not ok - $sentence"
        [ -z "$said" ] || head -c 2000 <<<"$said" | sed 's/^/    /'
        failed=$((failed + 1))
    fi
}

not() { ! "$@"; }

# await WHAT COMMAND...: until the command succeeds.
await() {
    local what=$1 deadline=$((SECONDS + patience_seconds))
    shift
    until "$@" >/dev/null 2>&1; do
        if [ $SECONDS -ge $deadline ]; then
            check "waited $patience_seconds s for $what" false
            return 1
        fi
        sleep 0.1
    done
}

summarize() {
    echo "$passed passed, $failed failed"
    if [ $failed -gt 0 ]; then
        for log in /var/log/install.log /var/log/import.log; do tail -n 20 $log; done
        journalctl -u fundusd --no-pager -n 60
        exit 1
    fi
}

same_lines() { diff <(echo "$1") <(echo "$2"); }
same_network() { [ "$(readlink "/proc/$1/ns/net")" = "$(readlink "/proc/$2/ns/net")" ]; }
as_fundusd() { runuser -u fundusd -- "$@"; }
main_process() { systemctl show -P MainPID fundusd; }
restarted_times() { [ "$(systemctl show -P NRestarts fundusd)" -ge "$1" ]; }

count_in() { find "$1" -type f | wc -l; }
names_in() { find "$1" -type f -printf '%f\n' | sort; }
judged_names() { names_in "$outbox" | sed 's/\.json$//'; }
await_verdicts() { await "$1 verdicts" sh -c "[ \$(find '$outbox' -name '*.jpg.json' | wc -l) -ge $1 ]"; }

# The outcome stands once in each verdict.
names_with_outcome() {
    grep -rlE "\"outcome\" ?: ?\"$1\"" "$outbox" | sed 's|.*/||; s/\.json$//' | sort
}

journal_names() {
    journalctl -u fundusd "FUNDUSD_OUTCOME=$1" -o cat --output-fields=FUNDUSD_IMAGE | sort
}

# Sources/Supervision/JournalEvent.swift
configuration_reloaded=da9995b301c946f183077fb775d4d557
waiting=6a1cbe3be2c843cca26d110fe61f1a4e

catalog_has_ours() { [[ $(journalctl --list-catalog) == *fundusd* ]]; }

# journal_has MESSAGE_ID [FIELD=VALUE...]
journal_has() { [ -n "$(journalctl -u fundusd "MESSAGE_ID=$1" "${@:2}" -n 1 -o cat)" ]; }

# Keys are sorted, so the image's digest stands before the model's.
verdicts_match_contents() {
    local name said
    while read -r name; do
        said=$(grep -oE '"sha256" ?: ?"[0-9a-f]{64}"' "$outbox/$name.json" | sed -n 1p | grep -oE '[0-9a-f]{64}')
        [ "$said" = "$(sha256sum <"$inbox/$name" | cut -c 1-64)" ] || echo "$name: the verdict says $said"
    done < <(judged_names) | { ! grep .; }
}

# outbox_state [PATTERN...]: one digest over names, inodes, times and contents, without the images that match.
outbox_state() {
    local pattern without=()
    for pattern in "$@"; do without+=(! -name "$pattern.json"); done
    find "$outbox" -type f "${without[@]}" -printf '%p %i %T@\n' -exec sha256sum {} + | sort | sha256sum
}
