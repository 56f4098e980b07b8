#!/bin/sh
# Brings a box to another version, and back by itself where that one is not well.
#
#   deploy.sh [--yes] [--dry-run] [--force] WHAT    WHAT is a wheel or its https:// address, a name for pip such as
#                                                   gsctracker==2.1.0, the name of a release that lies in releases/ already,
#                                                   or an image where Docker runs it
#   deploy.sh [--yes] [--dry-run] --rollback        back to the version before, with everything entered since
#
# In this order: may the box be closed (not while a booth is open; --force does it all the same)? Try the change of the
# database on a copy. Let everybody read only. Make a copy. Stop, keep the files, start the new version, ask whether it is well
# (several times) and make the smoke test. Where a step fails the old version runs on with the data of before. Ends with 0 when
# the new version runs, 1 when nothing was begun, 3 when it was taken back, 4 when that failed too, 75 when it is to wait.
#
# Settings, from the environment:
#   DEPLOY_HOME   /opt/gsctracker        releases/, current, previous and bin/gsctracker lie here
#   DATA_DIR      /var/lib/gsctracker    the box's data; in Docker what the container calls it (/data)
#   DEPLOY_USER   gsctracker             who owns the data; commands run as this user when you are root
#   DEPLOY_STOP   systemctl stop gsctracker
#   DEPLOY_START  systemctl start gsctracker
#   DEPLOY_LOG    journalctl --unit gsctracker --lines 50 --output cat   where the last words of a version that is not well stand
#   DEPLOY_WAITS  1 1 2 2 3 3 5 5 8 8    seconds before each question whether the new version is well
#   DEPLOY_NOTIFY nothing                a command that gets what happened, and why, on standard input, such as: mail -s GSCTracker olga
#   DEPLOY_WITH   docker where it runs a container named gsctracker, otherwise releases
#   COMPOSE_DIR   the folder of compose.yaml, with Docker; the image stands in its .env as GSCT_IMAGE
# shellcheck disable=SC2015 # where either of two steps fails the third is meant
set -u
umask 022

home=${DEPLOY_HOME:-/opt/gsctracker}
user=${DEPLOY_USER:-gsctracker}
stop_command=${DEPLOY_STOP:-systemctl stop gsctracker}
start_command=${DEPLOY_START:-systemctl start gsctracker}
log_command=${DEPLOY_LOG:-journalctl --unit gsctracker --lines 50 --output cat}
waits=${DEPLOY_WAITS:-1 1 2 2 3 3 5 5 8 8}
with=${DEPLOY_WITH:-}
yes='' dry='' force='' back='' what='' why=''

usage() {
    echo "usage: deploy.sh [--yes] [--dry-run] [--force] WHAT, or deploy.sh [--yes] [--dry-run] --rollback" >&2
    exit 2
}

for word in "$@"; do
    case $word in
        --yes) yes=1 ;;
        --dry-run) dry=1 ;;
        --force) force=1 ;;
        --rollback) back=1 ;;
        -*) usage ;;
        *) [ -z "$what" ] || usage; what=$word ;;
    esac
done
if [ -n "$back" ]; then [ -z "$what" ] || usage; else [ -n "$what" ] || usage; fi

if [ -z "$with" ]; then
    with=releases
    if command -v docker >/dev/null 2>&1 && docker container inspect gsctracker >/dev/null 2>&1; then with=docker; fi
fi
if [ "$with" = docker ]; then
    data=${DATA_DIR:-/data}
    cd "${COMPOSE_DIR:-.}" || exit 1
    notes=. # beside .env
else
    data=${DATA_DIR:-/var/lib/gsctracker}
    DATA_DIR=$data
    export DATA_DIR
    notes=$home
fi

say() { echo "deploy: $*"; }

tell() { # what the people who look after the box hear of
    say "$*"
    [ -z "${DEPLOY_NOTIFY:-}" ] || printf 'GSCTracker: %s\n' "$*" | sh -c "$DEPLOY_NOTIFY" || say "(the notice did not go out)"
}

give_up() { # before anything was changed
    code=$1
    shift
    tell "$*"
    exit "$code"
}

attempt() { # run it, show what it says, and keep the last of that as the reason, should it have failed
    said=$("$@" 2>&1)
    code=$?
    [ -z "$said" ] || printf '%s\n' "$said"
    why=$(printf '%s\n' "$said" | sed '/^[[:space:]]*$/d' | tail -n 1 | sed 's/^Error: //; s/[.]*$//' | cut -c 1-600)
    return $code
}

as_owner() {
    if [ "$(id -u)" = 0 ] && [ "$user" != root ] && id "$user" >/dev/null 2>&1; then
        runuser -u "$user" -- "$@"
    else
        "$@"
    fi
}

name_of() { # of a wheel's file, a name for pip or a release: the folder it lies in
    name=$(basename "$1" .whl)
    echo "${name%-py3-none-any}"
}

# What differs between releases in folders and images: run a command of a version, look into the data, stop, start, choose.
if [ "$with" = docker ]; then
    version_now=$(sed -n 's/^GSCT_IMAGE=//p' .env 2>/dev/null | tail -n 1)
    version_before=$(sed -n 's/^# GSCT_IMAGE_BEFORE=//p' .env 2>/dev/null | tail -n 1)
    once() { GSCT_IMAGE=$1; export GSCT_IMAGE; shift; docker compose run --rm --no-deps -T "$@"; }
    run() { version=$1; shift; once "$version" gsctracker "$@"; }
    ask() { docker compose exec -T gsctracker gsctracker "$@"; }
    in_data() { once "$version_now" --entrypoint sh gsctracker -c "$1"; }
    stop() { docker compose stop gsctracker; }
    last_words() { docker compose logs --no-log-prefix --tail 50 gsctracker; }
    choose() {
        { sed '/GSCT_IMAGE/d' .env 2>/dev/null; printf 'GSCT_IMAGE=%s\n# GSCT_IMAGE_BEFORE=%s\n' "$1" "$2"; } >.env.new && mv .env.new .env
    }
    forget() { sed '/GSCT_IMAGE/d' .env >.env.new && mv .env.new .env; }
    start() { unset GSCT_IMAGE; docker compose up -d --no-deps gsctracker; }
    is_here() { docker image inspect "$what" >/dev/null 2>&1; }
    unpack() { new=$what; is_here || attempt docker pull "$what"; }
else
    version_now=$(basename "$(readlink "$home/current" 2>/dev/null)" 2>/dev/null)
    version_before=$(basename "$(readlink "$home/previous" 2>/dev/null)" 2>/dev/null)
    run() { version=$1; shift; as_owner "$home/releases/$version/bin/gsctracker" "$@"; }
    ask() { as_owner "$home/current/bin/gsctracker" "$@"; }
    in_data() { as_owner sh -c "$1"; }
    stop() { sh -c "$stop_command"; }
    last_words() { sh -c "$log_command"; }
    start() { sh -c "$start_command"; }
    point() { ln -sfn "releases/$2" "$home/$1.new" && mv -T "$home/$1.new" "$home/$1"; }
    choose() {
        point current "$1" || return 1
        if [ -n "$2" ]; then point previous "$2"; else rm -f "$home/previous"; fi
        mkdir -p "$home/bin" && ln -sfn ../current/bin/gsctracker "$home/bin/gsctracker"
    }
    forget() { rm -f "$home/current"; }
    is_here() { [ -x "$home/releases/$(name_of "$what")/bin/gsctracker" ]; }
    unpack() {
        new=$(name_of "$what")
        is_here && return 0
        why='there is no such file'
        case $what in
            https://*) ;;
            */* | *.whl) [ -e "$what" ] || return 1 ;;
        esac
        mkdir -p "$home/releases" && rm -rf "$home/releases/$new"
        attempt python3 -m venv "$home/releases/$new" && attempt "$home/releases/$new/bin/python" -m pip install --quiet "$what" && return 0
        rm -rf "$home/releases/$new"
        return 1
    }
fi

kept="$data/.before-upgrade"
# The files of a stopped box, as they are: its own copies are made while it runs, this is the way back to the very state.
keep_files="rm -rf '$kept' && mkdir -m 700 '$kept' && for file in '$data'/gsctracker.db* ; do [ ! -f \"\$file\" ] || cp -p \"\$file\" '$kept/' || exit 1; done"
put_back="[ -d '$kept' ] && rm -f '$data'/gsctracker.db* && cp -p '$kept'/gsctracker.db* '$data/'"
throw_away="rm -rf '$kept'"

is_well() { # $1: the version that must answer; otherwise `why` says why it is not, with the last words of its log
    # (no requests, and no link with which the first who has it makes the troop: this is sent to people)
    for seconds in $waits; do
        sleep "$seconds"
        if asked=$(ask healthcheck 2>&1); then
            attempt ask smoke && return 0
            why="it answers, but the smoke test fails: $(printf '%s\n' "$said" | sed -n 's/^fail *[0-9]* ms *//p' | head -n 3)"
            say "$1: $why"
            return 1
        fi
    done
    why="asked $(echo "$waits" | wc -w) times, it said: $(printf '%s\n' "$asked" | tail -n 1 | sed 's/^Error: //')
The last of its log:
$(last_words 2>&1 | grep -Ev '(GET|HEAD) /|/set-up|^[[:space:]^~]*$' | tail -n 5 | cut -c 1-600 | sed 's/^/    /')"
    say "$1 is not well: $why"
    return 1
}

undo() { # $1: what went wrong with the new version; the old one comes back with the data of before
    failed=$why
    tell "$new $1; going back to $version_now with the data of before. Why: $failed"
    stop
    in_data "$put_back" || give_up 4 "the data of before could not be put back from $kept: see backup/disaster-plan.md, part 4"
    choose "$version_now" "$version_before" && start || give_up 4 "$version_now does not start: see backup/disaster-plan.md, part 4"
    is_well "$version_now" || give_up 4 "$version_now does not run either: see backup/disaster-plan.md, part 4. Why: $why"
    ask maintenance off
    in_data "$throw_away"
    give_up 3 "$version_now runs again with the data of before; $new was taken back. Why: $failed"
}

# --------------------------------------------------------------------------------------------------------------------------
if [ -n "$back" ]; then
    [ -n "$version_before" ] || give_up 1 "there is no version to go back to"
    new=$version_before
elif [ -n "$dry" ] && [ "$with" = docker ] && ! is_here; then
    new= # an image is not fetched to look at it
else
    [ -z "$dry" ] || is_here || trap 'rm -rf "$home/releases/$new"' EXIT
    unpack || give_up 1 "$what could not be fetched: $why; nothing was changed"
fi
[ -z "$new" ] || [ "$new" != "$version_now" ] || give_up 1 "$new runs already; nothing was changed"
say "from ${version_now:-nothing} to ${new:-$what}"

is_first=''
[ -n "$version_now" ] || is_first=1
if [ -z "$is_first" ]; then
    attempt run "$version_now" maintenance may-close
    if [ "$code" = 75 ] && [ -z "$force" ]; then give_up 75 "not now, a booth is open or about to: $why; nothing was changed"; fi
    [ "$code" = 0 ] || say "(going on)"
    schema=$(run "$version_now" migrate --dry-run --json 2>/dev/null | sed -n 's/.*"from": *\([0-9]*\).*/\1/p' | head -n 1)
    wanted=''
    [ -z "$back" ] || wanted=$(cat "$notes/previous.schema" 2>/dev/null)
    [ "${wanted:-0}" -lt "${schema:-0}" ] || wanted='' # who goes back from going back has nothing to take out of the database
    if [ -n "$wanted" ]; then
        attempt run "$version_now" migrate --dry-run --to "$wanted" ||
            give_up 1 "the database cannot be taken back to what $new knows: $why; nothing was changed"
    elif [ -n "$new" ]; then
        attempt run "$new" migrate --dry-run || give_up 1 "$new cannot take over the database: $why; nothing was changed"
    fi
fi
if [ -n "$dry" ]; then
    say "would let everybody read only, make a copy, stop $version_now, start ${new:-$what}, ask whether it is well: $waits"
    say "this was a dry run: nothing was changed"
    exit 0
fi
if [ -z "$yes" ]; then
    [ -t 0 ] || give_up 1 "say --yes where nobody can be asked; nothing was changed"
    printf 'Go on? [y/N] '
    read -r answer
    [ "$answer" = y ] || give_up 1 "nothing was changed"
fi

if [ -n "$is_first" ]; then
    choose "$new" '' && start || give_up 4 "$new does not start"
    if ! is_well "$new"; then
        stop
        forget
        give_up 4 "$new is not well, and was stopped. Why: $why"
    fi
    tell "$new runs"
    exit 0
fi

trap 'ask maintenance off >/dev/null 2>&1; tell "interrupted: nothing was changed"; exit 1' INT TERM HUP
attempt ask maintenance on --only-read || give_up 1 "the box could not be set to reading only: $why; nothing was changed"
code=75
for seconds in 0 2 5 10 30; do # 75: the box makes a copy of its own at this moment
    [ $code = 75 ] || break
    sleep "$seconds"
    attempt ask backup --kind pre-upgrade --label "before $new"
done
if [ "$code" != 0 ] && [ "$code" != 4 ]; then # 4: kept here, the bucket is away
    ask maintenance off
    give_up 1 "no copy could be made that can be trusted: $why; nothing was changed"
fi
trap '' INT TERM HUP # from here on it is carried through, or taken back

began=$(date +%s%N)
stop
if ! attempt in_data "$keep_files"; then
    failed="the files of before could not be kept: $why"
    in_data "$throw_away"
    start
    is_well "$version_now" || give_up 4 "nobody is served now: $failed. The data is as it was.
Mend that, start $version_now, and then: gsctracker maintenance off. Why it is not well: $why"
    ask maintenance off
    give_up 1 "$failed; nothing was changed"
fi
if [ -n "$wanted" ]; then attempt run "$version_now" migrate --to "$wanted" || undo "does not get the database it knows"; fi
why='the command for it failed'
choose "$new" "$version_now" && start || undo "could not be started"
is_well "$new" || undo "is not well"
gap=$((($(date +%s%N) - began) / 1000000))
ask maintenance off
in_data "$throw_away"
printf '%s\n' "$schema" >"$notes/previous.schema"
tell "$new runs; nobody was served for at most $gap ms"
