# How service-checks brings images into the inbox. Sourced, not run.

burst_images=20

# Everything to be delivered, in $staging/all; the burst and the sentinels' picture beside it.
stage_images() {
    mkdir -p "$staging"/{all,burst}
    if [ -d "$shared/data/originals" ]; then
        number_images all < <(find "$shared/data/originals" -name '*.jp*g' | sort | sed -n 1,10p)
        number_images all < <(find "$shared/data/validation" -name '*.jp*g' | sort | shuf -n 200 --random-source=<(yes))
        number_images burst < <(find "$shared/data/validation" -name '*.jp*g' | sort | sed -n "1,${burst_images}p")
    else
        echo "skipped: no photographs in ../shared/data; drawn eyes take their place"
        "$fixtures" draw-eyes "$staging/all" 210
        "$fixtures" draw-eyes "$staging/burst" $burst_images
    fi
    rename_burst
    cp "$staging/burst/burst-1.jpg" "$staging/sentinel.jpg"
    chown -R camera:fundusd "$staging"
    # mv keeps a file's group where cp gives it the inbox's: what is to be renamed must have the group before.
    chmod 2770 "$staging"
    check "210 images are staged" test "$(count_in "$staging/all")" -eq 210
}

# number_images FOLDER: copies the files named on standard input under names that cannot collide.
number_images() {
    local path
    while read -r path; do
        cp "$path" "$staging/$1/$(basename "$(dirname "$path")")-$(basename "${path%.*}").jpg"
    done
}

rename_burst() {
    local path number=0
    for path in "$staging"/burst/*; do
        number=$((number + 1))
        mv "$path" "$staging/burst/burst-$number.jpg"
    done
}

as_camera() { runuser -u camera -- bash -c "umask 027; $1" delivery "${@:2}"; }

slow_names() { names_in "$staging/all" | awk 'NR % 21 == 5' | sed -n "1,${slow_images}p"; }
quick_names() { grep -vxFf <(slow_names) <(names_in "$staging/all"); }

# Half by copying, half by renaming, as one user who belongs to the group.
deliver_quickly() {
    quick_names | as_camera 'n=0; while read -r name; do
        n=$((n + 1))
        if [ $((n % 2)) = 0 ]; then cp "$1/all/$name" "$2/"; else cp "$1/all/$name" "$1/" && mv "$1/$name" "$2/"; fi
    done' "$staging" "$inbox"
}

# All slow images at once, each in four pieces with pauses.
deliver_slowly() {
    local name
    : >/var/log/early
    : >/var/log/watched
    for name in $(slow_names); do
        deliver_in_pieces "$name" &
    done
    wait $(jobs -p)
}

deliver_in_pieces() {
    local name=$1 path=$staging/all/$1 piece
    piece=$(($(stat -c %s "$path") / 4))
    {
        head -c $piece "$path"
        sleep $pause_seconds
        dd if="$path" iflag=skip_bytes,count_bytes skip=$piece count=$((2 * piece)) status=none
        sleep $pause_seconds
        [ ! -e "$outbox/$name.json" ] || echo "$name" >>/var/log/early
        echo "$name" >>/var/log/watched
        tail -c +$((3 * piece + 1)) "$path"
    } >"$inbox/$name"
}

deliver_burst() {
    as_camera 'mv "$1"/burst/*.jpg "$2"/' "$staging" "$inbox"
}

# One more image, and the wait for its verdict.
deliver_sentinel() {
    as_camera 'cp "$1/sentinel.jpg" "$1/$3" && mv "$1/$3" "$2/"' "$staging" "$inbox" "$1"
    await "the verdict of $1" test -e "$outbox/$1.json"
}

# An image that its owner alone may read, renamed into the inbox.
deliver_unreadable() {
    as_camera 'cp "$1/sentinel.jpg" "$1/$3" && chmod 600 "$1/$3" && mv "$1/$3" "$2/"' "$staging" "$inbox" "$1"
}
