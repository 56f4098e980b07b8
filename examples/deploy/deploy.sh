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
#   DEPLOY_LOG    journalctl --unit gsctracker --lines 5 --output cat    what is shown of a version that is not well
#   DEPLOY_WAITS  1 1 2 2 3 3 5 5 8 8    seconds before each question whether the new version is well
#   DEPLOY_NOTIFY nothing                a command that gets what happened on standard input, such as: mail -s GSCTracker olga
#   DEPLOY_WITH   docker where it runs a container named gsctracker, otherwise releases
#   COMPOSE_DIR   the folder of compose.yaml, with Docker; the image stands in its .env as GSCT_IMAGE
# shellcheck disable=SC2015 # where either of two steps fails the third is meant
set -u
umask 022

home=${DEPLOY_HOME:-/opt/gsctracker}
user=${DEPLOY_USER:-gsctracker}
stop_command=${DEPLOY_STOP:-systemctl stop gsctracker}
start_command=${DEPLOY_START:-systemctl start gsctracker}
log_command=${DEPLOY_LOG:-journalctl --unit gsctracker --lines 5 --output cat}
waits=${DEPLOY_WAITS:-1 1 2 2 3 3 5 5 8 8}
with=${DEPLOY_WITH:-}
yes='' dry='' force='' back='' what=''

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
    last_words() { docker compose logs --no-log-prefix --tail 5 gsctracker; }
    choose() {
        { sed '/GSCT_IMAGE/d' .env 2>/dev/null; printf 'GSCT_IMAGE=%s\n# GSCT_IMAGE_BEFORE=%s\n' "$1" "$2"; } >.env.new && mv .env.new .env
    }
    start() { unset GSCT_IMAGE; docker compose up -d --no-deps gsctracker; }
    unpack() { docker image inspect "$what" >/dev/null 2>&1 || docker pull "$what"; new=$what; }
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
        point current "$1" && { [ -z "$2" ] || point previous "$2"; }
        mkdir -p "$home/bin" && ln -sfn ../current/bin/gsctracker "$home/bin/gsctracker"
    }
    unpack() {
        new=$(name_of "$what")
        [ ! -x "$home/releases/$new/bin/gsctracker" ] || return 0
        case $what in
            https://*) ;;
            */* | *.whl) [ -e "$what" ] || return 1 ;;
        esac
        mkdir -p "$home/releases" && rm -rf "$home/releases/$new"
        if python3 -m venv "$home/releases/$new" && "$home/releases/$new/bin/python" -m pip install --quiet "$what"; then return 0; fi
        rm -rf "$home/releases/$new"
        return 1
    }
fi

kept="$data/.before-upgrade"
# The files of a stopped box, as they are: its own copies are made while it runs, this is the way back to the very state.
keep_files="rm -rf '$kept' && mkdir -m 700 '$kept' && for file in '$data'/gsctracker.db* ; do [ ! -f \"\$file\" ] || cp -p \"\$file\" '$kept/' || exit 1; done"
put_back="[ -d '$kept' ] && rm -f '$data'/gsctracker.db* && cp -p '$kept'/gsctracker.db* '$data/'"
throw_away="rm -rf '$kept'"

is_well() { # $1: the version that must answer
    for seconds in $waits; do
        sleep "$seconds"
        if ask healthcheck >/dev/null 2>&1; then
            ask smoke && return 0
            say "$1 answers, but the smoke test fails"
            return 1
        fi
    done
    say "$1 was asked $(echo "$waits" | wc -w) times and is not well; the last it said:"
    last_words 2>/dev/null | tail -n 5 | sed 's/^/    /'
    return 1
}

undo() { # the new version is not well: the old one with the data of before
    tell "$new is not well; going back to $version_now with the data of before"
    stop
    in_data "$put_back" || give_up 4 "the data of before could not be put back from $kept: see backup/disaster-plan.md, part 4"
    choose "$version_now" "$version_before" && start || give_up 4 "$version_now does not start: see backup/disaster-plan.md, part 4"
    is_well "$version_now" || give_up 4 "$version_now does not run either: see backup/disaster-plan.md, part 4"
    ask maintenance off
    in_data "$throw_away"
    give_up 3 "$version_now runs again with the data of before; $new was taken back"
}

# --------------------------------------------------------------------------------------------------------------------------
if [ -n "$back" ]; then
    [ -n "$version_before" ] || give_up 1 "there is no version to go back to"
    new=$version_before
elif [ -n "$dry" ] && { [ "$with" = docker ] || [ ! -x "$home/releases/$(name_of "$what")/bin/gsctracker" ]; }; then
    new=
else
    unpack || give_up 1 "$what could not be fetched; nothing was changed"
fi
[ -z "$new" ] || [ "$new" != "$version_now" ] || give_up 1 "$new runs already; nothing was changed"
say "from ${version_now:-nothing} to ${new:-$what}"

is_first=''
[ -n "$version_now" ] || is_first=1
if [ -z "$is_first" ]; then
    run "$version_now" maintenance may-close
    code=$?
    if [ $code = 75 ] && [ -z "$force" ]; then give_up 75 "not now, a booth is open or about to: nothing was changed"; fi
    [ $code = 0 ] || say "(going on)"
    schema=$(run "$version_now" migrate --dry-run --json 2>/dev/null | sed -n 's/.*"from": *\([0-9]*\).*/\1/p' | head -n 1)
    if [ -n "$back" ]; then
        wanted=$(cat "$notes/previous.schema" 2>/dev/null || true)
        run "$version_now" migrate --dry-run ${wanted:+--to "$wanted"} || give_up 1 "the database cannot be taken back to what $new knows; nothing was changed"
    elif [ -n "$new" ]; then
        run "$new" migrate --dry-run || give_up 1 "$new cannot take over the database; nothing was changed"
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
    is_well "$new" || give_up 4 "$new is not well: look at its log"
    tell "$new runs"
    exit 0
fi

trap 'ask maintenance off >/dev/null 2>&1; say "interrupted: nothing was changed"; exit 1' INT TERM HUP
ask maintenance on --only-read || give_up 1 "the box could not be set to reading only; nothing was changed"
code=75
for seconds in 0 2 5 10 30; do # 75: the box makes a copy of its own at this moment
    [ $code = 75 ] || break
    sleep "$seconds"
    ask backup --kind pre-upgrade --label "before $new"
    code=$?
done
if [ $code != 0 ] && [ $code != 4 ]; then # 4: kept here, the bucket is away
    ask maintenance off
    give_up 1 "no copy could be made that can be trusted; nothing was changed"
fi
trap '' INT TERM HUP # from here on it is carried through, or taken back

began=$(date +%s%N)
stop
if ! in_data "$keep_files"; then
    in_data "$throw_away"
    start
    is_well "$version_now" && ask maintenance off
    give_up 1 "there is no room to keep the files; nothing was changed"
fi
if [ -n "$back" ]; then run "$version_now" migrate ${wanted:+--to "$wanted"} || undo; fi
choose "$new" "$version_now" && start || undo
is_well "$new" || undo
gap=$((($(date +%s%N) - began) / 1000000))
ask maintenance off
in_data "$throw_away"
printf '%s\n' "$schema" >"$notes/previous.schema"
tell "$new runs; nobody was served for at most $gap ms"
