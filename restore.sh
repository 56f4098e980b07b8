#!/bin/sh
# Puts a copy of GSCTracker back when the program itself cannot: it needs only sh, gzip, sha256sum and sqlite3, and for
# a sealed copy (.age) Debian's age. Stop the server first. Nothing is touched before the copy has proved to be whole.
#
#   ./restore.sh [-i KEY_FILE] [--adopt] [--unverified] FILE [DATA_DIR]
#
#   FILE          gsctracker-<time>-<number>.db.gz or .db.gz.age, with its manifest (.json) beside it; or the .tar of both
#                 that the page of copies hands out (this needs tar)
#   DATA_DIR      the folder that holds gsctracker.db; otherwise $DATA_DIR, otherwise ./data
#   -i KEY_FILE   a file with the key from the recovery sheet (AGE-SECRET-KEY-...); otherwise the one in DATA_DIR/secrets
#   --adopt       the copy is another box's, and this box shall become that one
#   --unverified  take a copy without its manifest, or a plain .db; it still has to pass every check of its own
#
# Ends with 0 when the copy is in place, 1 when it was refused, 2 when it was called wrongly.

set -u
umask 077
export LC_ALL=C

APPLICATION_ID=1196639060 # "GSCT", in the header of every file of ours
LARGEST=2147483648        # bytes a file without a manifest may inflate to
PROGRAM=${0##*/}

say() { printf '%s\n' "$*"; }

refuse() {
    printf '%s: %s\n' "$PROGRAM" "$1" >&2
    printf '%s: %s\n' "$PROGRAM" "${2:-Nothing was changed.}" >&2
    exit 1
}

usage() {
    printf 'Usage: %s [-i KEY_FILE] [--adopt] [--unverified] FILE [DATA_DIR]\n' "$PROGRAM" >&2
    exit 2
}

# -- what was asked for

key_file='' adopt='' unverified='' file='' data_dir=''
while [ $# -gt 0 ]; do
    case $1 in
        -i) [ $# -gt 1 ] || usage; key_file=$2; shift ;;
        --adopt) adopt=yes ;;
        --unverified) unverified=yes ;;
        -h | --help) sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; exit 0 ;;
        -*) usage ;;
        *) if [ -z "$file" ]; then file=$1; elif [ -z "$data_dir" ]; then data_dir=$1; else usage; fi ;;
    esac
    shift
done
[ -n "$file" ] || usage
data_dir=${data_dir:-${DATA_DIR:-./data}}
database=${DATABASE_PATH:-$data_dir/gsctracker.db}

for tool in gzip sha256sum sqlite3; do
    command -v "$tool" >/dev/null 2>&1 || refuse "$tool is missing here. Install it: apt-get install gzip coreutils sqlite3"
done
[ -f "$file" ] || refuse "There is no file $file."
[ -s "$file" ] || refuse "$file is empty: it is no copy."
[ -d "$data_dir" ] || mkdir -p "$data_dir" 2>/dev/null || refuse "The folder $data_dir cannot be made here."
[ -w "$data_dir" ] || refuse "The folder $data_dir cannot be written by user $(id -u). Run this as its owner, or: chown -R $(id -u) $data_dir"
place=$(dirname "$database")
[ -w "$place/." ] || refuse "The folder $place of DATABASE_PATH is not there or cannot be written."

# -- no server may hold the file: it would go on writing into the old one

lock=$data_dir/gsctracker.lock
held_by() { # the process that holds the lock, where the tool flock is missing; nothing when nobody does
    number=$(head -n 1 "$lock" 2>/dev/null | tr -cd '0-9')
    if [ -r /proc/locks ]; then
        # shellcheck disable=SC2012 # the name is ours, and stat is not the same everywhere
        inode=$(ls -i "$lock" | awk '{print $1}')
        grep -q "FLOCK.*:$inode " /proc/locks && printf '%s' "${number:-?}"
    elif [ -n "$number" ] && kill -0 "$number" 2>/dev/null; then
        printf '%s' "$number"
    fi
}
[ ! -e "$lock" ] || [ -w "$lock" ] || refuse "$lock cannot be written by user $(id -u). Run this as the owner of $data_dir."
if command -v flock >/dev/null 2>&1; then
    exec 9>>"$lock"
    flock -n 9 || refuse "A GSCTracker server (process $(head -n 1 "$lock")) is running on $data_dir. Stop it first: systemctl stop gsctracker, or docker compose stop"
elif [ -e "$lock" ] && [ -n "$(held_by)" ]; then
    refuse "A GSCTracker server (process $(held_by)) is running on $data_dir. Stop it first: systemctl stop gsctracker, or docker compose stop"
fi

# -- a .tar is taken apart first: the copy and its manifest, by their names alone

taken=''
trap 'if [ -n "$taken" ]; then rm -rf "$taken"; fi' EXIT
trap 'exit 1' HUP INT TERM
case $file in
    *.tar)
        command -v tar >/dev/null 2>&1 || refuse "tar is missing here. Install it: apt-get install tar"
        packed_name=$(tar -tf "$file" 2>/dev/null | grep -E '^gsctracker-[0-9]{8}T[0-9]{6}Z-[0-9]{8}[.]db[.]gz([.]age)?$' | head -n 1)
        [ -n "$packed_name" ] || refuse "There is no copy in $file, or it is damaged."
        taken=$place/restore-$$.taken
        mkdir "$taken" || refuse "The folder $place cannot be written: is the disk full?"
        tar -xf "$file" -C "$taken" "$packed_name" "${packed_name%%.*}.json" 2>/dev/null ||
            refuse "$file cannot be taken apart: it is damaged, has no manifest, or the disk is full."
        file=$taken/$packed_name
        ;;
esac

# -- what the manifest says

case $file in
    *.db.gz.age) stem=${file%.db.gz.age} ;;
    *.db.gz) stem=${file%.db.gz} ;;
    *.db) stem=${file%.db} ;;
    *) stem=$file ;;
esac
manifest=$stem.json

said() { # the value of one key of the manifest, which has one key a line
    sed -n 's/^[[:space:]]*"'"$1"'"[[:space:]]*:[[:space:]]*"\{0,1\}\([^",]*\)"\{0,1\},\{0,1\}[[:space:]]*$/\1/p' "$manifest" | head -n 1
}
is_number() { case $1 in '' | *[!0-9]* | ????????????*) return 1 ;; esac; }
is_hash() { [ ${#1} -eq 64 ] && case $1 in *[!0-9a-f]*) return 1 ;; esac; }
size_of() { wc -c <"$1" | tr -d ' '; }
hash_of() { sha256sum <"$1" | cut -d ' ' -f 1; }

want_size='' want_hash='' want_gzip='' want_database_size='' want_database=''
if [ -f "$manifest" ]; then
    [ "$(said format)" = 1 ] || refuse "$manifest is not a manifest that this script knows (format 1)."
    want_size=$(said size) want_hash=$(said sha256) want_gzip=$(said gzipSha256)
    want_database_size=$(said databaseSize) want_database=$(said databaseSha256)
    if ! { is_number "$want_size" && is_number "$want_database_size" && is_hash "$want_hash" && is_hash "$want_database"; }; then
        refuse "The manifest $manifest is damaged: a size or a sha256 is missing in it."
    fi
    [ "$(said file)" = "${file##*/}" ] || refuse "The manifest $manifest belongs to $(said file), not to ${file##*/}."
    [ "$(size_of "$file")" = "$want_size" ] || refuse "$file has $(size_of "$file") bytes, its manifest says $want_size: the copy is cut short or was added to."
    [ "$(hash_of "$file")" = "$want_hash" ] || refuse "$file is damaged: its sha256 is not the one in its manifest."
elif [ -z "$unverified" ]; then
    refuse "$file has no manifest ($manifest) beside it, and a copy counts only with it. Fetch it too; if it is lost for good, add --unverified."
fi

# -- unseal and inflate into a file of its own, beside the live one

staged=$place/restore-$$.db
sealed_off=$place/restore-$$.gz
trap 'rm -f "$staged" "$staged-wal" "$staged-shm" "$staged-journal" "$sealed_off" "$place/restore-$$.said"
    if [ -n "$taken" ]; then rm -rf "$taken"; fi' EXIT
for left in "$place"/restore-[0-9]*; do # of a run that was killed
    [ -e "$left" ] && [ "$left" != "$taken" ] && rm -rf "$left"
done

packed=$file
case $(head -c 21 "$file" | tr -d '\0') in
    'age-encryption.org/v1')
        command -v age >/dev/null 2>&1 || refuse "$file is sealed, and the program age is missing here. Install it: apt-get install age"
        [ -n "$key_file" ] || key_file=$data_dir/secrets/backup_identity
        [ -r "$key_file" ] || refuse "$file is sealed. Type the key from the recovery sheet (AGE-SECRET-KEY-...) into a file and name it: $PROGRAM -i KEY_FILE $file"
        if ! age -d -i "$key_file" -o "$sealed_off" "$file" 2>"$place/restore-$$.said"; then
            if grep -q 'no identity matched' "$place/restore-$$.said"; then
                refuse "The key in $key_file does not open $file: it was sealed for another key. Keys that were rotated away lie in DATA_DIR/secrets and on older recovery sheets."
            fi
            refuse "$file cannot be unsealed: $(head -n 1 "$place/restore-$$.said")"
        fi
        packed=$sealed_off
        ;;
esac
if [ -n "$want_gzip" ] && is_hash "$want_gzip" && [ "$(hash_of "$packed")" != "$want_gzip" ]; then
    refuse "What was sealed in $file is damaged: its sha256 is not the one in its manifest."
fi

limit=${want_database_size:-$LARGEST}
case $(head -c 15 "$packed" | tr -d '\0') in
    'SQLite format 3')
        if ! { [ -z "$want_size" ] && [ "$(size_of "$packed")" -le "$limit" ] && cp "$packed" "$staged"; }; then
            refuse "$file is not compressed, as its manifest says it is, or it is too large."
        fi
        ;;
    *)
        gzip -t <"$packed" 2>/dev/null || refuse "$file is damaged: gzip cannot read it to its end."
        # one byte more than it may have tells a file that would fill the disk from one that fits
        gzip -dc <"$packed" 2>/dev/null | head -c "$((limit + 1))" >"$staged" || refuse "$file cannot be inflated in $place: is the disk full? $limit bytes are needed."
        ;;
esac
[ "$(size_of "$staged")" -le "$limit" ] || refuse "$file inflates to more than the $limit bytes it may have."
[ -s "$staged" ] || refuse "There is nothing in $file: it inflates to an empty file, which is no troop's database."
if [ -n "$want_database" ]; then
    [ "$(size_of "$staged")" = "$want_database_size" ] || refuse "The database in $file has $(size_of "$staged") bytes, its manifest says $want_database_size (is the disk full?)."
    [ "$(hash_of "$staged")" = "$want_database" ] || refuse "The database in $file is damaged: its sha256 is not the one in its manifest."
fi

# -- is it a whole database of ours, and of this troop?

ask() { sqlite3 -batch -bail -init /dev/null "$@" 2>/dev/null; }
[ "$(head -c 15 "$staged" | tr -d '\0')" = 'SQLite format 3' ] || refuse "There is no SQLite database in $file."
[ "$(ask "$staged" 'PRAGMA application_id')" = "$APPLICATION_ID" ] || refuse "The database in $file is not one of GSCTracker."
found=$(ask "$staged" 'PRAGMA integrity_check(1)')
[ "$found" = ok ] || refuse "The database in $file is damaged: ${found:-sqlite3 cannot read it}."
if ! loose=$(ask "$staged" 'SELECT count(*) FROM pragma_foreign_key_check') || [ "$loose" != 0 ]; then
    refuse "The database in $file is not whole: ${loose:-some} rows belong to nothing."
fi
uid=$(ask "$staged" 'SELECT uid FROM instance WHERE id = 1')
[ -n "$uid" ] || refuse "The database in $file names no box that it belongs to."
if [ -s "$data_dir/.gsctracker-volume" ]; then
    here=$(head -n 1 "$data_dir/.gsctracker-volume" | tr -cd '0-9a-f')
else
    here=$(ask "file:$database?mode=ro&immutable=1" 'SELECT uid FROM instance WHERE id = 1') # no lock, no WAL: changes nothing
fi
if [ -n "$here" ] && [ "$here" != "$uid" ] && [ -z "$adopt" ]; then
    refuse "The copy is of another box ($uid; this one is $here). If this box shall become that one, add --adopt."
fi

# -- what would come to life again is taken out: sessions, unused invitations, the setup code

has() { [ "$(ask "$staged" "SELECT count(*) FROM pragma_table_info('$1') WHERE name = '$2'")" = 1 ]; }
changes='PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE;'
if has sessions token_hash; then changes="$changes DELETE FROM sessions;"; fi
if has invitations used_at; then changes="$changes DELETE FROM invitations WHERE used_at IS NULL;"; fi
if has password_resets account_id; then changes="$changes DELETE FROM password_resets;"; fi
if has consent_letters link_hash; then # one that was answered with no since must not become a consent
    changes="$changes UPDATE consent_letters SET state = 'over', link_hash = NULL WHERE state IN ('asked', 'sent', 'agreed');"
fi
if has api_tokens revoked_at; then # one that was revoked since must not work again
    changes="$changes UPDATE api_tokens SET revoked_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now') WHERE revoked_at IS NULL;"
fi
if has instance setup_code_hash; then changes="$changes UPDATE instance SET setup_code_hash = NULL;"; fi
if has instance generation; then changes="$changes UPDATE instance SET generation = lower(hex(randomblob(8)));"; fi
if has audit_log seal; then # one more line, with the seal that it needs to fit the line before it (domain/audit)
    named=$(printf %s "${file##*/}" | tr -cd 'A-Za-z0-9._-')
    last=$(ask "$staged" 'SELECT seal FROM audit_log ORDER BY id DESC LIMIT 1')
    line="(SELECT ifnull(max(id), 0) + 1 FROM audit_log), '$(date -u +%Y-%m-%dT%H:%M:%SZ)', NULL, 'restored', 'instance', NULL,
        json_object('with', 'restore.sh', 'copy', '$named') || '', ''"
    seal=$(printf %s "$(ask "$staged" "SELECT json_array('$last', $line)")" | sha256sum | cut -c 1-64)
    changes="$changes INSERT INTO audit_log (id, at, account_id, action, subject, subject_id, detail, request_id, before, seal)
        SELECT $line, '$last', '$seal';"
fi
ask "$staged" "$changes COMMIT; PRAGMA journal_mode = WAL;" >/dev/null || refuse "The database in $file cannot be prepared in $place: is the disk full?"
[ "$(ask "$staged" 'PRAGMA quick_check(1)')" = ok ] || refuse "The prepared database is not whole; the disk may be failing."
rm -f "$staged-wal" "$staged-shm"
schema=$(ask "$staged" 'PRAGMA user_version')
rm -f "$staged-wal" "$staged-shm"

# -- keep the old files as they are, then put the new one in their place

stamp=$(date -u +%Y%m%dT%H%M%SZ)
kept=$data_dir/quarantine/$stamp-$$
old=''
for end in '' -wal -shm; do
    if [ -e "$database$end" ]; then
        if ! { mkdir -p "$kept" && cp -p "$database$end" "$kept/"; }; then
            refuse "The old files cannot be kept in $kept: is the disk full?"
        fi
        old=yes
    fi
done
sync
if [ "$(id -u)" = 0 ]; then
    # shellcheck disable=SC2012
    owner=$(ls -nd "$data_dir" | awk '{print $3 ":" $4}')
    chown "$owner" "$staged" "$lock" 2>/dev/null
    if [ -n "$old" ]; then chown -R "$owner" "$data_dir/quarantine"; fi
fi
chmod 600 "$staged"
# A leftover WAL would be played into the new file. Where the old file is sound it is folded in, so that the one
# rename below takes the box from all old to all new; where it is not, the old file goes first, then its WAL.
if [ -e "$database-wal" ] && [ -e "$database" ]; then
    case $(ask "$database" 'PRAGMA wal_checkpoint(TRUNCATE)') in
        0\|*) ;;
        *) rm -f "$database" ;;
    esac
    if [ -s "$database-wal" ]; then rm -f "$database"; fi
fi
if ! { rm -f "$database-wal" "$database-shm" && mv -f "$staged" "$database"; }; then
    refuse "The copy could not be put in place of $database." "The old files are kept whole in $kept."
fi
# that the old file was damaged, or could not be brought up, is not true of this one
if grep -q '"reason": "\(damaged\|not_migrated\)"' "$database-standby" 2>/dev/null; then
    rm -f "$database-standby"
    dd if=/dev/zero of="$database-closed" bs=1 seek=2 count=1 conv=notrunc 2>/dev/null
fi
# the mark by which kept answers are known to be of the old file
dd if=/dev/urandom of="$database-changes" bs=8 count=1 conv=notrunc 2>/dev/null
printf '%s\n' "$uid" >"$data_dir/.gsctracker-volume.new" && mv -f "$data_dir/.gsctracker-volume.new" "$data_dir/.gsctracker-volume"
if [ "$(id -u)" = 0 ]; then chown "$owner" "$data_dir/.gsctracker-volume"; fi
sync

say "Done: $database is now the database of ${file##*/} (box $uid, schema $schema)."
if [ -f "$manifest" ]; then
    say "  It was made at $(said madeAt). Sizes and sha256 are those of its manifest; every page, key and reference was checked."
else
    say "  It had no manifest: every page, key and reference was checked, but nobody can say that nothing is missing."
fi
if [ -n "$old" ]; then say "  The old files are kept in $kept."; fi
say "  Everybody is signed out; invitations that were not used, links for a new password and tokens of programs are void."
extras=$(grep -o 'gsctracker-files-[0-9a-f]*\.tar\.gz\(\.age\)\{0,1\}' "$manifest" 2>/dev/null | head -n 1)
if [ -n "$extras" ]; then
    where='beside the copy'
    if [ -n "$taken" ]; then where='in the .tar'; fi
    say "  Photos and settings lie in $extras $where. To unpack: tar -xzf $extras -C $data_dir (a sealed one first: age -d -i KEY_FILE)"
fi
say "Next: start the server (systemctl start gsctracker, or docker compose up -d), sign in and compare the last sales."
say "      What was entered after the copy is not in it: enter it again from paper, or look into the old files."
