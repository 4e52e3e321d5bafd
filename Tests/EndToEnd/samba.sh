# A Samba server on loopback with the very shares that docs/operations.md recommends, and its client. Sourced, not run.

samba_configuration=/run/samba-under-test.conf
samba_password=loopback

samba_is_here() { [ -x /usr/sbin/smbd ] && command -v smbclient >/dev/null; }

# start_samba USER...: each of them may log in.
start_samba() {
    local user
    {
        printf '[global]\ninterfaces = lo\nbind interfaces only = yes\nserver role = standalone server\n\n'
        awk '/^```ini$/ { on = 1; next } /^```/ { on = 0; print "" } on' "$source/docs/operations.md"
    } >$samba_configuration
    check "Samba takes the shares as the documentation has them" testparm --suppress-prompt $samba_configuration
    systemctl stop smbd nmbd 2>/dev/null
    for user in "$@"; do
        printf '%s\n%s\n' $samba_password $samba_password | smbpasswd -c $samba_configuration -s -a "$user" >/dev/null
    done
    systemd-run --quiet --unit=samba-under-test /usr/sbin/smbd --foreground --no-process-group --configfile=$samba_configuration
    await "Samba" smb "$1" inbox ls
}

# smb USER SHARE COMMANDS
smb() { smbclient "//127.0.0.1/$2" "$samba_password" --user="$1" --debuglevel=0 --command="$3"; }

# smb_move USER SHARE NAME SHARE PATH: as a file manager does between two shares, by copying and then deleting.
smb_move() {
    local carried
    carried=$(mktemp -d /run/carried.XXXXXX)
    smb "$1" "$2" "get \"$3\" $carried/file" && smb "$1" "$4" "put $carried/file \"$5\"" || return
    rm -r "$carried"
    # The daemon may have seen the copy and removed this one already.
    smb "$1" "$2" "del \"$3\"" || [[ $(smb "$1" "$2" "ls \"$3\"") == *NT_STATUS_NO_SUCH_FILE* ]]
}
