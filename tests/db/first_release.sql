-- The whole database of a troop's cookie season, to be read from top to bottom.
--
-- Boxes are whole packages. Money is integer cents. An instant is UTC text, 2026-02-14T18:05:00Z; a day is 2026-02-14 in
-- the troop's time zone. Each heading names the subject (a module of gsctracker.domain) that alone writes its tables.
-- What must never be false is a constraint or a trigger here; what can be derived is a view here, once.

PRAGMA application_id = 1196639060;  -- 0x47534354, "GSCT"
PRAGMA user_version = 1;

------------------------------------------------------------------------------------------------------------------------
-- The box itself                                                                                db/migrate, domain/season
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE schema_migrations (
    version     INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    checksum    TEXT NOT NULL,
    down_sql    TEXT NOT NULL,                   -- kept here so that an older program can be gone back to
    program     TEXT NOT NULL DEFAULT '',        -- the version that did it: what to install where an older one meets this file
    applied_at  TEXT NOT NULL CHECK (applied_at IS strftime('%Y-%m-%dT%H:%M:%SZ', applied_at))
) STRICT;

CREATE TABLE instance (                          -- one row: which box this file belongs to
    id                INTEGER PRIMARY KEY CHECK (id = 1),
    uid               TEXT NOT NULL DEFAULT (lower(hex(randomblob(8)))),
    name_salt         TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))),   -- hashes the names met in imported files
    generation        TEXT NOT NULL DEFAULT (lower(hex(randomblob(8)))),    -- another after each restore
    setup_code_hash   TEXT,                      -- of the one-time code that opens the first-run page; none once used
    is_demo           INTEGER NOT NULL DEFAULT 0 CHECK (is_demo IN (0, 1))
) STRICT;
INSERT INTO instance (id) VALUES (1);

CREATE TABLE job_runs (                          -- each run of the timetable                                     ops/runs
    id          INTEGER PRIMARY KEY,
    job         TEXT NOT NULL CHECK (length(job) BETWEEN 1 AND 40),
    started_at  TEXT NOT NULL CHECK (started_at IS strftime('%Y-%m-%dT%H:%M:%SZ', started_at)),
    ended_at    TEXT CHECK (ended_at IS strftime('%Y-%m-%dT%H:%M:%SZ', ended_at)),
    result      TEXT NOT NULL DEFAULT 'running' CHECK (result IN ('running', 'done', 'failed')),
    said        TEXT NOT NULL DEFAULT '' CHECK (length(said) <= 500),
    request_id  TEXT NOT NULL DEFAULT '' CHECK (length(request_id) <= 64)
) STRICT;
CREATE INDEX job_runs_by_job ON job_runs (job, id);

CREATE TABLE versions (                          -- each version of the program that ran on this file, in order       ops/releases
    id       INTEGER PRIMARY KEY,
    version  TEXT NOT NULL CHECK (length(version) BETWEEN 1 AND 40),
    since    TEXT NOT NULL CHECK (since IS strftime('%Y-%m-%dT%H:%M:%SZ', since)),
    told_at  TEXT CHECK (told_at IS strftime('%Y-%m-%dT%H:%M:%SZ', told_at))            -- when its first day was told of
) STRICT;

CREATE TABLE recovery_holders (                  -- the two people who hold a printed recovery sheet          ops/recovery
    id     INTEGER PRIMARY KEY CHECK (id IN (1, 2)),
    name   TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 80),
    since  TEXT NOT NULL CHECK (since IS strftime('%Y-%m-%dT%H:%M:%SZ', since))
) STRICT;

CREATE TABLE incidents (                         -- what went wrong or is planned, and what everybody is told      domain/incidents
    id        INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL CHECK (kind IN ('incident', 'maintenance')),
    title     TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
    notice    TEXT NOT NULL DEFAULT '' CHECK (length(notice) <= 300),           -- stands on every page until it is over
    learned   TEXT NOT NULL DEFAULT '' CHECK (length(learned) <= 4000),
    began_at  TEXT NOT NULL CHECK (began_at IS strftime('%Y-%m-%dT%H:%M:%SZ', began_at)),
    ended_at  TEXT CHECK (ended_at IS strftime('%Y-%m-%dT%H:%M:%SZ', ended_at)),
    made_by   TEXT NOT NULL CHECK (length(made_by) <= 80)                       -- a name: a restore keeps this and not her account
) STRICT;
CREATE INDEX incidents_told ON incidents (id) WHERE ended_at IS NULL AND notice <> '';

CREATE TABLE incident_lines (                    -- what happened, in order, and what is to be done       domain/incidents
    id           INTEGER PRIMARY KEY,
    incident_id  INTEGER NOT NULL REFERENCES incidents,
    kind         TEXT NOT NULL CHECK (kind IN ('happened', 'to_do')),
    at           TEXT NOT NULL CHECK (at IS strftime('%Y-%m-%dT%H:%M:%SZ', at)),
    said         TEXT NOT NULL CHECK (length(said) BETWEEN 1 AND 500),
    made_by      TEXT NOT NULL CHECK (length(made_by) <= 80),
    done_at      TEXT CHECK (done_at IS strftime('%Y-%m-%dT%H:%M:%SZ', done_at)),
    CHECK (kind = 'to_do' OR done_at IS NULL)
) STRICT;
CREATE INDEX incident_lines_by_incident ON incident_lines (incident_id, at);

CREATE TABLE copy_runs (                         -- each copy that was made, and each that could not be          ops/copies
    seq            INTEGER PRIMARY KEY CHECK (seq BETWEEN 1 AND 99999999),   -- the order of copies, whatever the clock said
    name           TEXT NOT NULL DEFAULT '' CHECK (length(name) <= 80),      -- without its endings; none where it failed
    place          TEXT NOT NULL CHECK (length(place) BETWEEN 1 AND 500),    -- the folder it was put into
    kind           TEXT NOT NULL CHECK (kind IN ('auto', 'daily', 'manual', 'pre-migrate', 'pre-restore', 'pre-upgrade', 'season-end',
                                                     'stop')),
    label          TEXT NOT NULL DEFAULT '' CHECK (length(label) <= 80),
    asked_by       TEXT NOT NULL DEFAULT '' CHECK (length(asked_by) <= 80),   -- a name; none: the box itself
    started_at     TEXT NOT NULL CHECK (started_at IS strftime('%Y-%m-%dT%H:%M:%SZ', started_at)),
    ended_at       TEXT NOT NULL CHECK (ended_at IS strftime('%Y-%m-%dT%H:%M:%SZ', ended_at)),
    result         TEXT NOT NULL CHECK (result IN ('done', 'failed', 'suspicious')),
    said           TEXT NOT NULL DEFAULT '' CHECK (length(said) <= 500),
    size           INTEGER CHECK (size BETWEEN 1 AND 1000000000000),          -- bytes of the file
    database_size  INTEGER CHECK (database_size BETWEEN 1 AND 1000000000000), -- bytes of the database in it
    content        TEXT CHECK (length(content) = 64),                        -- digest of what the troop wrote
    verified_at    TEXT CHECK (verified_at IS strftime('%Y-%m-%dT%H:%M:%SZ', verified_at)),   -- read back and found whole
    uploaded_at    TEXT CHECK (uploaded_at IS strftime('%Y-%m-%dT%H:%M:%SZ', uploaded_at)),   -- off the box and read back
    upload_said    TEXT NOT NULL DEFAULT '' CHECK (length(upload_said) <= 500),               -- why it is not, so far
    upload_tries   INTEGER NOT NULL DEFAULT 0 CHECK (upload_tries BETWEEN 0 AND 1000000),      -- failures in a row, up to this one
    upload_tried_at TEXT CHECK (upload_tried_at IS strftime('%Y-%m-%dT%H:%M:%SZ', upload_tried_at)),
    pinned_until   TEXT CHECK (pinned_until IS strftime('%Y-%m-%dT%H:%M:%SZ', pinned_until)),
    looked_at      TEXT CHECK (looked_at IS strftime('%Y-%m-%dT%H:%M:%SZ', looked_at)),       -- somebody says that it is well so
    CHECK ((result = 'failed') = (content IS NULL))
) STRICT;

CREATE TABLE restore_runs (                      -- each time a copy was put in the place of the data           ops/copies
    id           INTEGER PRIMARY KEY,
    started_at   TEXT NOT NULL CHECK (started_at IS strftime('%Y-%m-%dT%H:%M:%SZ', started_at)),
    ended_at     TEXT CHECK (ended_at IS strftime('%Y-%m-%dT%H:%M:%SZ', ended_at)),
    asked_by     TEXT NOT NULL DEFAULT '' CHECK (length(asked_by) <= 80),     -- a name: her account may not be in the copy
    source       TEXT NOT NULL CHECK (length(source) BETWEEN 1 AND 500),     -- the copy's name, file or address
    state_of     TEXT CHECK (state_of IS strftime('%Y-%m-%dT%H:%M:%SZ', state_of)),           -- the minute that was restored
    result       TEXT NOT NULL DEFAULT 'running' CHECK (result IN ('running', 'done', 'failed', 'undone')),
    said         TEXT NOT NULL DEFAULT '' CHECK (length(said) <= 500),
    loss         TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(loss) AND length(loss) <= 4000), -- what was there and is not now
    before_name  TEXT NOT NULL DEFAULT '' CHECK (length(before_name) <= 80),  -- the copy of the state it replaced
    undo_until   TEXT CHECK (undo_until IS strftime('%Y-%m-%dT%H:%M:%SZ', undo_until))
) STRICT;

CREATE TABLE drill_runs (                        -- each rehearsal of disaster                                   ops/copies
    id            INTEGER PRIMARY KEY,
    started_at    TEXT NOT NULL CHECK (started_at IS strftime('%Y-%m-%dT%H:%M:%SZ', started_at)),
    ended_at      TEXT NOT NULL CHECK (ended_at IS strftime('%Y-%m-%dT%H:%M:%SZ', ended_at)),
    copy_name     TEXT NOT NULL DEFAULT '' CHECK (length(copy_name) <= 80),
    place         TEXT NOT NULL DEFAULT '' CHECK (length(place) <= 500),
    result        TEXT NOT NULL CHECK (result IN ('done', 'failed')),
    said          TEXT NOT NULL DEFAULT '' CHECK (length(said) <= 500),
    milliseconds  INTEGER NOT NULL CHECK (milliseconds BETWEEN 0 AND 86400000),
    by_hand       INTEGER NOT NULL DEFAULT 0 CHECK (by_hand IN (0, 1))       -- somebody typed the key from the printed sheet
) STRICT;

CREATE TABLE alerts (                            -- each fault of the box, from its beginning to its end         ops/alerts
    id               INTEGER PRIMARY KEY,
    rule             TEXT NOT NULL CHECK (length(rule) BETWEEN 1 AND 40),
    severity         TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    began_at         TEXT NOT NULL CHECK (began_at IS strftime('%Y-%m-%dT%H:%M:%SZ', began_at)),
    told_at          TEXT CHECK (told_at IS strftime('%Y-%m-%dT%H:%M:%SZ', told_at)),
    ended_at         TEXT CHECK (ended_at IS strftime('%Y-%m-%dT%H:%M:%SZ', ended_at)),
    acknowledged_by  TEXT NOT NULL DEFAULT '' CHECK (length(acknowledged_by) <= 80),   -- a name: somebody looks after it
    verdict          TEXT CHECK (verdict IN ('useful', 'noise'))                      -- what somebody said of it afterwards
) STRICT;
CREATE UNIQUE INDEX alerts_open ON alerts (rule) WHERE ended_at IS NULL;              -- one fault of a kind at a time

CREATE TABLE duty_weeks (                        -- who looks after the box in the week from that Monday on      ops/alerts
    monday      TEXT PRIMARY KEY CHECK (monday IS date(monday) AND strftime('%w', monday) = '1'),
    account_id  INTEGER NOT NULL REFERENCES accounts,
    deputy_id   INTEGER REFERENCES accounts,
    CHECK (deputy_id <> account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE roll_ups (                          -- how the box did: minutes for two days, hours for 90, days for two years   ops/roll_ups
    span      TEXT NOT NULL CHECK (span IN ('minute', 'hour', 'day')),
    began_at  TEXT NOT NULL CHECK (began_at IS strftime('%Y-%m-%dT%H:%M:00Z', began_at)),
    minutes   INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),                         -- in which the box was up
    requests  INTEGER NOT NULL CHECK (requests >= 0),
    failures  INTEGER NOT NULL CHECK (failures BETWEEN 0 AND requests),                    -- answered with 5xx
    took      TEXT NOT NULL CHECK (json_valid(took) AND length(took) <= 200),              -- requests by how long they took
    slow      INTEGER NOT NULL CHECK (slow >= 0),                                          -- statements over 50 ms
    file_size INTEGER NOT NULL CHECK (file_size >= 0),                                     -- bytes, as are the next two
    disk_free INTEGER NOT NULL CHECK (disk_free >= 0),
    memory    INTEGER NOT NULL CHECK (memory >= 0),
    asked     TEXT NOT NULL CHECK (json_valid(asked) AND length(asked) <= 400),            -- statements by how long they took: reads, writes
    PRIMARY KEY (span, began_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE mishaps (                           -- what broke, each kind of it once: no message, no name, no address     ops/mishaps
    id          INTEGER PRIMARY KEY,
    door        TEXT NOT NULL CHECK (door IN ('page', 'job', 'browser', 'box')),
    kind        TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
    place       TEXT NOT NULL CHECK (length(place) <= 200),                                -- web/pages/home.py:31 index
    route       TEXT NOT NULL CHECK (length(route) <= 120),                                -- a rule or a job, never an address
    trace       TEXT NOT NULL CHECK (length(trace) <= 4000),
    count       INTEGER NOT NULL CHECK (count >= 1),
    first_at    TEXT NOT NULL CHECK (first_at IS strftime('%Y-%m-%dT%H:%M:%SZ', first_at)),
    last_at     TEXT NOT NULL CHECK (last_at IS strftime('%Y-%m-%dT%H:%M:%SZ', last_at)),
    request_id  TEXT NOT NULL CHECK (length(request_id) <= 64),                            -- of the newest
    role        TEXT NOT NULL CHECK (length(role) <= 20),
    account_id  INTEGER CHECK (account_id > 0),                                            -- a number alone: it outlives its account
    version     TEXT NOT NULL CHECK (length(version) <= 40),
    CHECK (first_at <= last_at),
    UNIQUE (door, kind, place, route)
) STRICT;

------------------------------------------------------------------------------------------------------------------------
-- People                                                                                                   domain/people
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE households (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    created_at  TEXT NOT NULL CHECK (created_at IS strftime('%Y-%m-%dT%H:%M:%SZ', created_at))
) STRICT;

CREATE TABLE scouts (                            -- as little of a child as a season needs: no birth date, no address
    id            INTEGER PRIMARY KEY,
    household_id  INTEGER NOT NULL REFERENCES households,
    first_name    TEXT NOT NULL CHECK (length(first_name) BETWEEN 1 AND 40),
    last_initial  TEXT NOT NULL DEFAULT '' CHECK (length(last_initial) <= 12),  -- as many letters as tell two girls apart
    level         TEXT CHECK (level IN ('daisy', 'brownie', 'junior', 'cadette', 'senior', 'ambassador')),
    grade         INTEGER CHECK (grade BETWEEN 0 AND 12),
    status        TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive', 'transferred')),
    created_at    TEXT NOT NULL CHECK (created_at IS strftime('%Y-%m-%dT%H:%M:%SZ', created_at)),
    forgotten_at  TEXT CHECK (forgotten_at IS strftime('%Y-%m-%dT%H:%M:%SZ', forgotten_at))  -- her family wished it: only figures stay
) STRICT;
CREATE INDEX scouts_by_household ON scouts (household_id);

CREATE TABLE scout_aliases (                     -- how other systems name her, as a salted hash: their surname stays theirs
    source      TEXT NOT NULL CHECK (source IN ('name', 'gsusa', 'sc')),
    hash        TEXT NOT NULL CHECK (length(hash) = 64),
    scout_id    INTEGER NOT NULL REFERENCES scouts,
    PRIMARY KEY (source, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX scout_aliases_by_scout ON scout_aliases (scout_id);

CREATE TABLE accounts (                          -- who may sign in
    id             INTEGER PRIMARY KEY,
    sign_in_name   TEXT NOT NULL COLLATE NOCASE UNIQUE CHECK (length(sign_in_name) BETWEEN 3 AND 254),  -- a girl has no e-mail here
    first_name     TEXT NOT NULL CHECK (length(first_name) BETWEEN 1 AND 40),
    last_name      TEXT NOT NULL DEFAULT '' CHECK (length(last_name) <= 40),
    role           TEXT NOT NULL CHECK (role IN ('scout', 'caregiver', 'leader', 'cookie_leader', 'admin')),
    scout_id       INTEGER UNIQUE REFERENCES scouts,
    consent_id     INTEGER REFERENCES consents,  -- what her guardian agreed to: no girl signs in without it; none: that record is over for years
    password_hash  TEXT NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
    state          TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'disabled')),
    language       TEXT NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'es')),
    phone          TEXT NOT NULL DEFAULT '' CHECK (length(phone) <= 30),        -- where leaders reach an adult, if she likes; never a girl
    created_at     TEXT NOT NULL CHECK (created_at IS strftime('%Y-%m-%dT%H:%M:%SZ', created_at)),
    CHECK ((role = 'scout') = (scout_id IS NOT NULL)),
    CHECK (role = 'scout' OR consent_id IS NULL),
    CHECK (role <> 'scout' OR phone = ''),
    CHECK (role = 'scout' OR sign_in_name LIKE '%_@_%')
) STRICT;

CREATE TRIGGER an_admin_remains BEFORE UPDATE OF role, state ON accounts
WHEN OLD.role = 'admin' AND OLD.state = 'active' AND (NEW.role <> 'admin' OR NEW.state <> 'active')
 AND NOT EXISTS (SELECT 1 FROM accounts WHERE role = 'admin' AND state = 'active' AND id <> OLD.id)
BEGIN SELECT RAISE(ABORT, 'the last admin stays'); END;

CREATE TRIGGER an_admin_is_not_deleted BEFORE DELETE ON accounts
WHEN OLD.role = 'admin' AND OLD.state = 'active'
 AND NOT EXISTS (SELECT 1 FROM accounts WHERE role = 'admin' AND state = 'active' AND id <> OLD.id)
BEGIN SELECT RAISE(ABORT, 'the last admin stays'); END;

CREATE TABLE guardians (                         -- the adults of a household: they sign, receive and owe
    id            INTEGER PRIMARY KEY,
    household_id  INTEGER NOT NULL REFERENCES households,
    name          TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    email         TEXT COLLATE NOCASE CHECK (length(email) BETWEEN 3 AND 254),
    account_id    INTEGER UNIQUE REFERENCES accounts
) STRICT;
CREATE INDEX guardians_by_email ON guardians (email);

CREATE TABLE guardian_scouts (                   -- which girls an adult answers for; two households may share one girl
    guardian_id  INTEGER NOT NULL REFERENCES guardians ON DELETE CASCADE,
    scout_id     INTEGER NOT NULL REFERENCES scouts,
    PRIMARY KEY (guardian_id, scout_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX guardian_scouts_by_scout ON guardian_scouts (scout_id);

CREATE TABLE consents (                          -- what a guardian agreed to for her girl, and what she took back: a row each, the newest counts
    id            INTEGER PRIMARY KEY,
    scout_id      INTEGER NOT NULL REFERENCES scouts,
    season_id     INTEGER NOT NULL REFERENCES seasons,                       -- it ends with its season
    kind          TEXT NOT NULL CHECK (kind IN ('given', 'withdrawn')),
    guardian_id   INTEGER REFERENCES guardians,  -- who signed, or took it back; none: a leader noted that it was taken back
    shows_name    INTEGER NOT NULL DEFAULT 0 CHECK (shows_name IN (0, 1)),   -- her first name and initial, to other families
    ranks         INTEGER NOT NULL DEFAULT 0 CHECK (ranks IN (0, 1)),        -- her figures beside those of others
    method        TEXT NOT NULL CHECK (method IN ('paper', 'email_plus')),
    evidence      TEXT NOT NULL DEFAULT '' CHECK (length(evidence) <= 120),  -- where the signed paper lies
    notice_hash   TEXT NOT NULL DEFAULT '' CHECK (length(notice_hash) IN (0, 64)),  -- of the privacy notice as it was then
    signed_on     TEXT NOT NULL CHECK (signed_on IS date(signed_on)),
    expires_on    TEXT CHECK (expires_on IS date(expires_on)),               -- a year after, if its season lasts so long
    recorded_at   TEXT NOT NULL CHECK (recorded_at IS strftime('%Y-%m-%dT%H:%M:%SZ', recorded_at)),
    recorded_by   INTEGER REFERENCES accounts,   -- none: the operator, or the demo
    address       TEXT NOT NULL DEFAULT '' CHECK (length(address) <= 45),    -- from where it was recorded
    CHECK (kind = 'withdrawn' OR guardian_id IS NOT NULL),
    CHECK ((kind = 'given') = (expires_on IS NOT NULL)),
    CHECK (method = 'paper' OR (shows_name, ranks) = (0, 0)),                -- what others see of her is signed by hand: COPPA, 16 CFR 312.5(b)
    CHECK (expires_on >= signed_on)
) STRICT;
CREATE INDEX consents_by_scout ON consents (scout_id, id);

CREATE VIEW standing_consents AS                 -- the newest word on each girl, where it is a yes in the season under way; its last day it says itself
    SELECT * FROM consents AS word
     WHERE kind = 'given' AND NOT EXISTS (SELECT 1 FROM consents WHERE scout_id = word.scout_id AND id > word.id)
       AND season_id IN (SELECT id FROM seasons WHERE is_current = 1 AND status <> 'archived');

CREATE TRIGGER consents_are_kept BEFORE UPDATE ON consents
WHEN NEW.evidence NOT IN (OLD.evidence, '') OR NEW.address NOT IN (OLD.address, '')
  OR (NEW.id, NEW.scout_id, NEW.season_id, NEW.kind, NEW.guardian_id, NEW.shows_name, NEW.ranks, NEW.method, NEW.notice_hash, NEW.signed_on,
      NEW.expires_on, NEW.recorded_at, NEW.recorded_by)
     IS NOT (OLD.id, OLD.scout_id, OLD.season_id, OLD.kind, OLD.guardian_id, OLD.shows_name, OLD.ranks, OLD.method, OLD.notice_hash, OLD.signed_on,
      OLD.expires_on, OLD.recorded_at, OLD.recorded_by)
BEGIN SELECT RAISE(ABORT, 'a consent is never edited'); END;
CREATE TRIGGER consents_stay BEFORE DELETE ON consents
WHEN ifnull(OLD.expires_on, date(OLD.recorded_at)) >= date('now', '-3 years')
BEGIN SELECT RAISE(ABORT, 'a consent is kept for three years after it ended'); END;
CREATE TRIGGER a_withdrawal_is_felt_at_once AFTER INSERT ON consents WHEN NEW.kind = 'withdrawn' BEGIN
    DELETE FROM sessions WHERE account_id IN (SELECT id FROM accounts WHERE scout_id = NEW.scout_id);
    UPDATE accounts SET state = 'disabled' WHERE scout_id = NEW.scout_id AND state <> 'disabled';
END;
CREATE TRIGGER a_girls_account_has_consent BEFORE INSERT ON accounts WHEN NEW.role = 'scout' AND NEW.state = 'active'
 AND NOT EXISTS (SELECT 1 FROM standing_consents WHERE id = NEW.consent_id AND scout_id = NEW.scout_id)
BEGIN SELECT RAISE(ABORT, 'a girl signs in with a consent that stands'); END;
CREATE TRIGGER a_girls_account_keeps_consent BEFORE UPDATE OF role, scout_id, consent_id, state ON accounts
WHEN NEW.role = 'scout' AND NEW.state = 'active'
 AND NOT EXISTS (SELECT 1 FROM standing_consents WHERE id = NEW.consent_id AND scout_id = NEW.scout_id)
BEGIN SELECT RAISE(ABORT, 'a girl signs in with a consent that stands'); END;

CREATE TABLE consent_letters (                   -- consent by e-mail: a letter, her yes, a day, a second letter; only then it is a consent
    id              INTEGER PRIMARY KEY,
    scout_id        INTEGER NOT NULL REFERENCES scouts,
    guardian_id     INTEGER NOT NULL REFERENCES guardians ON DELETE CASCADE,
    asked_by        INTEGER NOT NULL REFERENCES accounts,
    asked_at        TEXT NOT NULL CHECK (asked_at IS strftime('%Y-%m-%dT%H:%M:%SZ', asked_at)),
    state           TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'sent', 'agreed', 'stands', 'refused', 'over')),
    link_hash       TEXT UNIQUE CHECK (length(link_hash) = 64),                  -- of the link in the letter that went out last
    sent_at         TEXT CHECK (sent_at IS strftime('%Y-%m-%dT%H:%M:%SZ', sent_at)),
    answered_at     TEXT CHECK (answered_at IS strftime('%Y-%m-%dT%H:%M:%SZ', answered_at)),
    address         TEXT NOT NULL DEFAULT '' CHECK (length(address) <= 45),     -- from where she answered
    notice_hash     TEXT NOT NULL DEFAULT '' CHECK (length(notice_hash) IN (0, 64)),  -- of the privacy notice that she read
    second_sent_at  TEXT CHECK (second_sent_at IS strftime('%Y-%m-%dT%H:%M:%SZ', second_sent_at)),
    trouble         TEXT NOT NULL DEFAULT '' CHECK (length(trouble) <= 80),     -- why the last try to send failed; no address
    CHECK (state = 'asked' OR state = 'over' OR (sent_at IS NOT NULL AND link_hash IS NOT NULL)),
    CHECK (state NOT IN ('agreed', 'stands') OR (answered_at >= sent_at AND length(notice_hash) = 64)),
    CHECK (second_sent_at >= strftime('%Y-%m-%dT%H:%M:%SZ', answered_at, '+1 day')),
    CHECK ((state = 'stands') = (second_sent_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX one_consent_letter_waits ON consent_letters (scout_id) WHERE state IN ('asked', 'sent', 'agreed');
CREATE INDEX consent_letters_by_scout ON consent_letters (scout_id, id);

CREATE TRIGGER a_consent_by_mail_has_two_letters BEFORE INSERT ON consents
WHEN NEW.kind = 'given' AND NEW.method = 'email_plus'
 AND NOT EXISTS (SELECT 1 FROM consent_letters WHERE scout_id = NEW.scout_id AND guardian_id = NEW.guardian_id AND state = 'stands'
                    AND date(answered_at) = NEW.signed_on AND notice_hash = NEW.notice_hash)
BEGIN SELECT RAISE(ABORT, 'a consent by mail follows a second letter'); END;

CREATE TABLE deletion_requests (                 -- a family wishes that its girl is forgotten; a leader confirms it
    id          INTEGER PRIMARY KEY,
    scout_id    INTEGER NOT NULL REFERENCES scouts,
    asked_by    INTEGER NOT NULL REFERENCES accounts,
    asked_at    TEXT NOT NULL CHECK (asked_at IS strftime('%Y-%m-%dT%H:%M:%SZ', asked_at)),
    state       TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'taken_back')),
    decided_by  INTEGER REFERENCES accounts,
    decided_at  TEXT CHECK (decided_at IS strftime('%Y-%m-%dT%H:%M:%SZ', decided_at)),
    CHECK ((state = 'waiting') = (decided_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX one_deletion_waits ON deletion_requests (scout_id) WHERE state = 'waiting';

CREATE TABLE forgotten_names (                   -- how files name a girl who was forgotten, as a salted hash: she is not put back by one
    source      TEXT NOT NULL CHECK (source IN ('name', 'gsusa', 'sc')),
    hash        TEXT NOT NULL CHECK (length(hash) = 64),
    scout_id    INTEGER NOT NULL REFERENCES scouts,
    PRIMARY KEY (source, hash)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER forgotten_names_are_kept BEFORE UPDATE ON forgotten_names
BEGIN SELECT RAISE(ABORT, 'who was forgotten stays forgotten'); END;
CREATE TRIGGER forgotten_names_stay BEFORE DELETE ON forgotten_names
BEGIN SELECT RAISE(ABORT, 'who was forgotten stays forgotten'); END;
CREATE TRIGGER a_forgotten_girl_stays_so BEFORE UPDATE ON scouts WHEN OLD.forgotten_at IS NOT NULL
 AND (NEW.first_name, NEW.last_initial, NEW.level, NEW.grade, NEW.status, NEW.forgotten_at)
     IS NOT (OLD.first_name, OLD.last_initial, NULL, NULL, 'inactive', OLD.forgotten_at)
BEGIN SELECT RAISE(ABORT, 'who was forgotten stays forgotten'); END;
CREATE VIEW girls_who_left AS                    -- who is off the roster, with nothing in the season under way, when all before it are archived
    SELECT scouts.id AS scout_id, season.created_at AS season_began_at
      FROM scouts JOIN seasons AS season ON is_current = 1 AND season.created_at > scouts.created_at
     WHERE scouts.status <> 'active' AND forgotten_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM seasons AS earlier WHERE earlier.is_current = 0 AND earlier.status <> 'archived')
       AND NOT EXISTS (SELECT 1 FROM journal WHERE journal.scout_id = scouts.id AND season_id = season.id)
       AND NOT EXISTS (SELECT 1 FROM orders WHERE orders.scout_id = scouts.id AND season_id = season.id)
       AND NOT EXISTS (SELECT 1 FROM deletion_requests WHERE deletion_requests.scout_id = scouts.id AND state = 'waiting');
CREATE TRIGGER a_forgotten_girl_leaves_figures AFTER UPDATE OF forgotten_at ON scouts WHEN NEW.forgotten_at IS NOT NULL BEGIN
    DELETE FROM birth_months WHERE scout_id = NEW.id;
    UPDATE reward_choices SET size = '' WHERE scout_id = NEW.id;
END;
CREATE TRIGGER a_forgotten_girl_gets_no_name BEFORE INSERT ON scout_aliases
WHEN EXISTS (SELECT 1 FROM scouts WHERE id = NEW.scout_id AND forgotten_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'who was forgotten stays forgotten'); END;

CREATE TABLE family_exports (                    -- a file with all that is kept of a girl, made for an adult of hers; gone after a day
    id          INTEGER PRIMARY KEY,
    scout_id    INTEGER NOT NULL REFERENCES scouts,
    asked_by    INTEGER NOT NULL REFERENCES accounts,
    asked_at    TEXT NOT NULL CHECK (asked_at IS strftime('%Y-%m-%dT%H:%M:%SZ', asked_at)),
    file_name   TEXT NOT NULL CHECK (length(file_name) BETWEEN 1 AND 80),    -- under DATA_DIR/exports
    made_at     TEXT CHECK (made_at IS strftime('%Y-%m-%dT%H:%M:%SZ', made_at)),
    expires_at  TEXT CHECK (expires_at IS strftime('%Y-%m-%dT%H:%M:%SZ', expires_at)),
    CHECK ((made_at IS NULL) = (expires_at IS NULL))
) STRICT;

CREATE TABLE notice_versions (                   -- the privacy notice and the terms, each version as it was published
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('privacy', 'terms')),
    said        TEXT NOT NULL CHECK (length(said) BETWEEN 1 AND 20000),
    hash        TEXT NOT NULL CHECK (length(hash) = 64),
    made_at     TEXT NOT NULL CHECK (made_at IS strftime('%Y-%m-%dT%H:%M:%SZ', made_at)),
    made_by     INTEGER REFERENCES accounts
) STRICT;
CREATE TRIGGER notices_are_kept BEFORE UPDATE ON notice_versions
BEGIN SELECT RAISE(ABORT, 'a published notice is never edited'); END;
CREATE TRIGGER notices_stay BEFORE DELETE ON notice_versions
BEGIN SELECT RAISE(ABORT, 'a published notice is never edited'); END;

CREATE TABLE notice_acceptances (                -- which version each person accepted, and when
    account_id  INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind        TEXT NOT NULL CHECK (kind IN ('privacy', 'terms')),
    hash        TEXT NOT NULL CHECK (length(hash) = 64),
    at          TEXT NOT NULL CHECK (at IS strftime('%Y-%m-%dT%H:%M:%SZ', at)),
    PRIMARY KEY (account_id, kind, hash)
) STRICT, WITHOUT ROWID;

CREATE VIEW cared_for AS                         -- whose figures an account may see as family: her wards, or herself
    SELECT account_id, scout_id FROM guardians JOIN guardian_scouts ON guardian_id = guardians.id
     WHERE account_id IS NOT NULL
     UNION
    SELECT id, scout_id FROM accounts WHERE scout_id IS NOT NULL;

CREATE TABLE invitations (                       -- single use; the link's secret is not kept, only its hash
    id           INTEGER PRIMARY KEY,
    token_hash   TEXT NOT NULL UNIQUE CHECK (length(token_hash) = 64),
    role         TEXT NOT NULL CHECK (role IN ('caregiver', 'leader', 'cookie_leader', 'admin')),
    email        TEXT NOT NULL COLLATE NOCASE CHECK (length(email) BETWEEN 3 AND 254),
    guardian_id  INTEGER REFERENCES guardians,
    made_by      INTEGER REFERENCES accounts,
    made_at      TEXT NOT NULL CHECK (made_at IS strftime('%Y-%m-%dT%H:%M:%SZ', made_at)),
    expires_at   TEXT NOT NULL CHECK (expires_at IS strftime('%Y-%m-%dT%H:%M:%SZ', expires_at)),
    used_at      TEXT CHECK (used_at IS strftime('%Y-%m-%dT%H:%M:%SZ', used_at)),
    withdrawn_at TEXT CHECK (withdrawn_at IS strftime('%Y-%m-%dT%H:%M:%SZ', withdrawn_at))
) STRICT;

CREATE TABLE sessions (                          -- who is signed in where; the cookie's secret is not kept, only its hash
    token_hash  TEXT PRIMARY KEY CHECK (length(token_hash) = 64),
    account_id  INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    agent       TEXT NOT NULL CHECK (length(agent) <= 80),
    device_hash TEXT NOT NULL DEFAULT '' CHECK (length(device_hash) IN (0, 64)),
    started_at  TEXT NOT NULL CHECK (started_at IS strftime('%Y-%m-%dT%H:%M:%SZ', started_at)),
    seen_at     TEXT NOT NULL CHECK (seen_at IS strftime('%Y-%m-%dT%H:%M:%SZ', seen_at)),        -- to within some minutes
    proven_at   TEXT NOT NULL CHECK (proven_at IS strftime('%Y-%m-%dT%H:%M:%SZ', proven_at)),    -- when her password was last typed
    expires_at  TEXT NOT NULL CHECK (expires_at IS strftime('%Y-%m-%dT%H:%M:%SZ', expires_at))
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE known_devices (                     -- where she signed in before: a guesser elsewhere does not keep her out there
    account_id   INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    device_hash  TEXT NOT NULL CHECK (length(device_hash) = 64),
    agent        TEXT NOT NULL CHECK (length(agent) <= 80),
    first_at     TEXT NOT NULL CHECK (first_at IS strftime('%Y-%m-%dT%H:%M:%SZ', first_at)),
    last_at      TEXT NOT NULL CHECK (last_at IS strftime('%Y-%m-%dT%H:%M:%SZ', last_at)),
    told_at      TEXT CHECK (told_at IS strftime('%Y-%m-%dT%H:%M:%SZ', told_at)),   -- she said on another device that it is hers
    mailed_at    TEXT CHECK (mailed_at IS strftime('%Y-%m-%dT%H:%M:%SZ', mailed_at)),   -- a letter told her of it
    PRIMARY KEY (account_id, device_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE second_factors (                    -- a phone that counts codes; its secret is sealed with the box's key
    account_id    INTEGER PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    sealed        TEXT NOT NULL CHECK (length(sealed) BETWEEN 40 AND 500),
    made_at       TEXT NOT NULL CHECK (made_at IS strftime('%Y-%m-%dT%H:%M:%SZ', made_at)),
    confirmed_at  TEXT CHECK (confirmed_at IS strftime('%Y-%m-%dT%H:%M:%SZ', confirmed_at)),    -- from here on it is asked for
    last_step     INTEGER NOT NULL DEFAULT 0 CHECK (last_step BETWEEN 0 AND 1000000000000)       -- no code counts twice
) STRICT;

CREATE TRIGGER a_code_counts_once BEFORE UPDATE OF last_step ON second_factors
WHEN NEW.last_step <= OLD.last_step AND NEW.sealed IS OLD.sealed
BEGIN SELECT RAISE(ABORT, 'a code counts once'); END;

CREATE TABLE recovery_codes (                    -- for the day on which the phone is gone; each works once
    account_id  INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    code_hash   TEXT NOT NULL CHECK (length(code_hash) = 64),
    used_at     TEXT CHECK (used_at IS strftime('%Y-%m-%dT%H:%M:%SZ', used_at)),
    PRIMARY KEY (account_id, code_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE passkeys (                          -- a phone or a key that proves who she is; its secret never leaves it
    id             INTEGER PRIMARY KEY,
    account_id     INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    credential_id  TEXT NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 16 AND 1400),
    public_key     TEXT NOT NULL CHECK (length(public_key) BETWEEN 40 AND 3000),
    handle         TEXT NOT NULL CHECK (length(handle) = 43),                       -- what her devices call her account
    host           TEXT NOT NULL CHECK (length(host) BETWEEN 1 AND 253),            -- the name of the box it works for
    name           TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    sign_count     INTEGER NOT NULL DEFAULT 0 CHECK (sign_count BETWEEN 0 AND 4294967295),
    made_at        TEXT NOT NULL CHECK (made_at IS strftime('%Y-%m-%dT%H:%M:%SZ', made_at)),
    used_at        TEXT CHECK (used_at IS strftime('%Y-%m-%dT%H:%M:%SZ', used_at))
) STRICT;
CREATE INDEX passkeys_by_account ON passkeys (account_id);

CREATE TRIGGER a_passkey_counts_forward BEFORE UPDATE OF sign_count ON passkeys
WHEN NEW.sign_count <= OLD.sign_count AND OLD.sign_count > 0
BEGIN SELECT RAISE(ABORT, 'a passkey counts forward'); END;

CREATE TRIGGER a_passkey_stays_what_it_is BEFORE UPDATE OF account_id, credential_id, public_key, handle, host ON passkeys
BEGIN SELECT RAISE(ABORT, 'a passkey stays what it is'); END;

CREATE TRIGGER a_girl_has_no_passkey BEFORE INSERT ON passkeys
WHEN (SELECT role FROM accounts WHERE id = NEW.account_id) = 'scout'
BEGIN SELECT RAISE(ABORT, 'a girl has no passkey'); END;

CREATE TABLE outside_identities (                -- who an outside sign-in says she is; it opens no account by itself
    issuer      TEXT NOT NULL CHECK (length(issuer) BETWEEN 8 AND 300),
    subject     TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    account_id  INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    linked_at   TEXT NOT NULL CHECK (linked_at IS strftime('%Y-%m-%dT%H:%M:%SZ', linked_at)),
    PRIMARY KEY (issuer, subject),
    UNIQUE (account_id, issuer)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER an_outside_identity_stays_hers BEFORE UPDATE ON outside_identities
BEGIN SELECT RAISE(ABORT, 'an outside identity stays hers'); END;

CREATE TRIGGER a_girl_has_no_outside_identity BEFORE INSERT ON outside_identities
WHEN (SELECT role FROM accounts WHERE id = NEW.account_id) = 'scout'
BEGIN SELECT RAISE(ABORT, 'a girl has no outside identity'); END;

CREATE TABLE password_resets (                   -- a link with which she chooses a new password herself; single use
    token_hash  TEXT PRIMARY KEY CHECK (length(token_hash) = 64),
    account_id  INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    made_by     INTEGER REFERENCES accounts,     -- none: the operator at the console
    made_at     TEXT NOT NULL CHECK (made_at IS strftime('%Y-%m-%dT%H:%M:%SZ', made_at)),
    expires_at  TEXT NOT NULL CHECK (expires_at IS strftime('%Y-%m-%dT%H:%M:%SZ', expires_at))
) STRICT, WITHOUT ROWID;
CREATE INDEX password_resets_by_account ON password_resets (account_id);

CREATE TABLE api_tokens (                        -- for programs: acts as its account, within its scopes, until its day
    id          INTEGER PRIMARY KEY,
    token_hash  TEXT NOT NULL UNIQUE CHECK (length(token_hash) = 64),
    account_id  INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name        TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    scopes      TEXT NOT NULL CHECK (json_valid(scopes) AND json_type(scopes) = 'array' AND length(scopes) BETWEEN 4 AND 500),
    origins     TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(origins) AND json_type(origins) = 'array' AND length(origins) <= 500),
    made_at     TEXT NOT NULL CHECK (made_at IS strftime('%Y-%m-%dT%H:%M:%SZ', made_at)),
    expires_at  TEXT NOT NULL CHECK (expires_at IS strftime('%Y-%m-%dT%H:%M:%SZ', expires_at)),
    revoked_at  TEXT CHECK (revoked_at IS strftime('%Y-%m-%dT%H:%M:%SZ', revoked_at)),
    used_on     TEXT CHECK (used_on IS date(used_on))                           -- the day it was last used
) STRICT;
CREATE INDEX api_tokens_by_account ON api_tokens (account_id);

------------------------------------------------------------------------------------------------------------------------
-- What was done, and once only                                                                 domain/audit, domain/once
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE audit_log (                         -- who did what to which row; ids, never a child's name
    id          INTEGER PRIMARY KEY,
    at          TEXT NOT NULL CHECK (at IS strftime('%Y-%m-%dT%H:%M:%SZ', at)),
    account_id  INTEGER REFERENCES accounts,     -- none: the operator at the console, or the box itself
    action      TEXT NOT NULL CHECK (length(action) BETWEEN 1 AND 60),
    subject     TEXT NOT NULL CHECK (length(subject) <= 40),
    subject_id  INTEGER,
    detail      TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(detail) AND length(detail) <= 4000),
    request_id  TEXT NOT NULL DEFAULT '' CHECK (length(request_id) <= 64),
    before      TEXT NOT NULL DEFAULT '' CHECK (length(before) IN (0, 64)),  -- the seal of the line before
    seal        TEXT NOT NULL DEFAULT '' CHECK (length(seal) IN (0, 64))     -- a hash of that and of this line: domain/audit
) STRICT;

CREATE INDEX audit_of_girls ON audit_log (subject_id, at) WHERE subject = 'scout';   -- who looked at a girl's data; sales have no line here

CREATE TRIGGER audit_log_is_kept BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is never edited'); END;
CREATE TRIGGER audit_log_lasts BEFORE DELETE ON audit_log
WHEN old.at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-2 years')
  OR old.action GLOB 'consent*' OR old.action GLOB '*deleted*' OR old.action GLOB '*erased*'
  OR old.action = 'audit.purged'                -- says how many lines may be missing
BEGIN SELECT RAISE(ABORT, 'the audit log lasts two years, and what it says of consent and deletion for ever'); END;

CREATE TABLE once_answers (                      -- the first answer to an Idempotency-Key, given again to each repetition
    key           TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    account_id    INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    request_hash  TEXT NOT NULL CHECK (length(request_hash) = 64),
    status        INTEGER NOT NULL CHECK (status BETWEEN 200 AND 599),
    answer        BLOB NOT NULL,
    at            TEXT NOT NULL CHECK (at IS strftime('%Y-%m-%dT%H:%M:%SZ', at)),
    PRIMARY KEY (account_id, key)
) STRICT;
CREATE INDEX once_answers_by_age ON once_answers (at);

------------------------------------------------------------------------------------------------------------------------
-- Season and catalogue                                                                                     domain/season
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE troop (                             -- the box's own troop: one row, or none before the set-up
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    number     TEXT NOT NULL CHECK (length(number) BETWEEN 1 AND 12),
    name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    council    TEXT NOT NULL DEFAULT '' CHECK (length(council) <= 80),
    time_zone  TEXT NOT NULL DEFAULT 'America/New_York' CHECK (length(time_zone) BETWEEN 3 AND 60)
) STRICT;

CREATE TABLE seasons (
    id                INTEGER PRIMARY KEY,
    name              TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    year              INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 2100),      -- the year in which it ends
    baker             TEXT NOT NULL CHECK (baker IN ('abc', 'lbb')),
    status            TEXT NOT NULL DEFAULT 'setup' CHECK (status IN
                          ('setup', 'presale', 'io_locked', 'delivered', 'selling', 'closing', 'settled', 'archived')),
    is_current        INTEGER NOT NULL DEFAULT 0 CHECK (is_current IN (0, 1)),
    base_proceeds     INTEGER NOT NULL DEFAULT 0 CHECK (base_proceeds BETWEEN 0 AND 500),   -- cents a package
    exempt_per_girl   INTEGER NOT NULL DEFAULT 0 CHECK (exempt_per_girl BETWEEN 0 AND 1000),  -- packages without proceeds
    returns_until     TEXT CHECK (returns_until IS date(returns_until)),         -- none: the council takes nothing back
    rewards_on        TEXT CHECK (rewards_on IS date(rewards_on)),               -- last day on which credit counts for rewards
    created_at        TEXT NOT NULL CHECK (created_at IS strftime('%Y-%m-%dT%H:%M:%SZ', created_at))
) STRICT;
CREATE UNIQUE INDEX one_season_is_current ON seasons (is_current) WHERE is_current = 1;

CREATE TABLE proceeds_tiers (                    -- from this per-girl average on, this many cents for every package
    season_id  INTEGER NOT NULL REFERENCES seasons ON DELETE CASCADE,
    min_pga    INTEGER NOT NULL CHECK (min_pga BETWEEN 1 AND 10000),
    cents      INTEGER NOT NULL CHECK (cents BETWEEN 0 AND 500),
    PRIMARY KEY (season_id, min_pga)
) STRICT, WITHOUT ROWID;

CREATE TABLE products (                          -- one cookie of one season, with its price of that season
    id               INTEGER PRIMARY KEY,
    season_id        INTEGER NOT NULL REFERENCES seasons,
    code             TEXT NOT NULL COLLATE NOCASE CHECK (length(code) BETWEEN 1 AND 12),
    name             TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    family           TEXT NOT NULL CHECK (length(family) BETWEEN 1 AND 40),     -- the same recipe at both bakers
    price_cents      INTEGER NOT NULL CHECK (price_cents BETWEEN 1 AND 10000),
    packs_per_case   INTEGER NOT NULL DEFAULT 12 CHECK (packs_per_case BETWEEN 1 AND 100),
    is_virtual       INTEGER NOT NULL DEFAULT 0 CHECK (is_virtual IN (0, 1)),   -- Cookie Share: paid for, never handled
    is_gluten_free   INTEGER NOT NULL DEFAULT 0 CHECK (is_gluten_free IN (0, 1)),
    is_active        INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    allergens        TEXT NOT NULL DEFAULT '' CHECK (length(allergens) <= 200),
    colour           TEXT NOT NULL DEFAULT '#7a5c3e' CHECK (colour GLOB '#[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
    position         INTEGER NOT NULL DEFAULT 0,
    UNIQUE (season_id, code)
) STRICT;

CREATE TABLE product_names (                     -- every name it goes by, letters only: the bakers', the codes, the files'
    season_id   INTEGER NOT NULL REFERENCES seasons,
    key         TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 60),
    product_id  INTEGER NOT NULL REFERENCES products ON DELETE CASCADE,
    PRIMARY KEY (season_id, key)
) STRICT, WITHOUT ROWID;

------------------------------------------------------------------------------------------------------------------------
-- Booths                                                                                                   domain/booths
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE booth_sites (                       -- places to stand at, kept from season to season
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    address    TEXT NOT NULL DEFAULT '' CHECK (length(address) <= 200),
    notes      TEXT NOT NULL DEFAULT '' CHECK (length(notes) <= 1000),
    is_active  INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1))
) STRICT;

CREATE TABLE booth_policies (                    -- what a type of booth asks for in a season, where a leader changed it
    season_id              INTEGER NOT NULL REFERENCES seasons,
    type                   TEXT NOT NULL CHECK (type IN ('troop', 'family', 'council', 'virtual', 'pickup')),
    min_girls              INTEGER NOT NULL CHECK (min_girls BETWEEN 0 AND 50),
    max_girls              INTEGER NOT NULL CHECK (max_girls BETWEEN 0 AND 50),
    min_adults             INTEGER NOT NULL CHECK (min_adults BETWEEN 0 AND 20),
    max_adults             INTEGER NOT NULL CHECK (max_adults BETWEEN 0 AND 20),
    adults_are_registered  INTEGER NOT NULL CHECK (adults_are_registered IN (0, 1)),
    max_minutes            INTEGER NOT NULL CHECK (max_minutes BETWEEN 30 AND 1440),
    PRIMARY KEY (season_id, type),
    CHECK (max_girls >= min_girls),
    CHECK (max_adults >= min_adults)
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_up_rules (                     -- how late one may leave a shift, where a leader changed it
    season_id    INTEGER PRIMARY KEY REFERENCES seasons,
    leave_hours  INTEGER NOT NULL CHECK (leave_hours BETWEEN 0 AND 336)
) STRICT;

CREATE TABLE early_windows (                     -- who may sign up so many hours before the others: a role, or a girl's level
    season_id  INTEGER NOT NULL REFERENCES seasons,
    who        TEXT NOT NULL CHECK (who IN ('leader', 'daisy', 'brownie', 'junior', 'cadette', 'senior', 'ambassador')),
    hours      INTEGER NOT NULL CHECK (hours BETWEEN 1 AND 336),
    PRIMARY KEY (season_id, who)
) STRICT, WITHOUT ROWID;

CREATE TABLE adult_clearances (                  -- who is registered and checked, and until when; never the document
    account_id  INTEGER PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    until       TEXT NOT NULL CHECK (until IS date(until)),
    noted_by    INTEGER REFERENCES accounts,
    noted_at    TEXT NOT NULL CHECK (noted_at IS strftime('%Y-%m-%dT%H:%M:%SZ', noted_at))
) STRICT;

CREATE TABLE booths (
    id            INTEGER PRIMARY KEY,
    season_id     INTEGER NOT NULL REFERENCES seasons,
    type          TEXT NOT NULL DEFAULT 'troop' CHECK (type IN ('troop', 'family', 'council', 'virtual', 'pickup')),
    site_id       INTEGER REFERENCES booth_sites,
    name          TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    address       TEXT NOT NULL DEFAULT '' CHECK (length(address) <= 200),
    starts_at     TEXT NOT NULL CHECK (starts_at IS strftime('%Y-%m-%dT%H:%M:%SZ', starts_at)),
    ends_at       TEXT NOT NULL CHECK (ends_at IS strftime('%Y-%m-%dT%H:%M:%SZ', ends_at)),
    status        TEXT NOT NULL DEFAULT 'scheduled' CHECK (status IN
                      ('planned', 'requested', 'confirmed', 'lost', 'scheduled', 'packed', 'open', 'counted', 'reconciled',
                       'credited', 'closed', 'cancelled')),
    sign_up_from  TEXT CHECK (sign_up_from IS strftime('%Y-%m-%dT%H:%M:%SZ', sign_up_from)),     -- none: as soon as the shifts are open
    permit        TEXT NOT NULL DEFAULT '' CHECK (length(permit) <= 200),
    notes         TEXT NOT NULL DEFAULT '' CHECK (length(notes) <= 1000),
    CHECK (ends_at > starts_at)
) STRICT;
CREATE INDEX booths_by_time ON booths (season_id, starts_at);
CREATE INDEX booths_by_site ON booths (site_id);

CREATE TRIGGER a_booth_that_opened_stays_open BEFORE UPDATE OF status ON booths
WHEN OLD.status IN ('open', 'counted', 'reconciled', 'credited', 'closed')
 AND NEW.status NOT IN ('open', 'counted', 'reconciled', 'credited', 'closed')
BEGIN SELECT RAISE(ABORT, 'a booth that was open is neither planned nor cancelled again'); END;

CREATE TRIGGER a_cancelled_booth_stays_so BEFORE UPDATE OF status ON booths
WHEN OLD.status IN ('cancelled', 'lost') AND NEW.status <> OLD.status
BEGIN SELECT RAISE(ABORT, 'a booth that was cancelled or lost stays so'); END;

CREATE TABLE booth_shifts (                      -- who is wanted from when to when
    id          INTEGER PRIMARY KEY,
    booth_id    INTEGER NOT NULL REFERENCES booths,
    starts_at   TEXT NOT NULL CHECK (starts_at IS strftime('%Y-%m-%dT%H:%M:%SZ', starts_at)),
    ends_at     TEXT NOT NULL CHECK (ends_at IS strftime('%Y-%m-%dT%H:%M:%SZ', ends_at)),
    min_girls   INTEGER NOT NULL CHECK (min_girls BETWEEN 0 AND 50),
    max_girls   INTEGER NOT NULL CHECK (max_girls BETWEEN 0 AND 50),
    min_adults  INTEGER NOT NULL CHECK (min_adults BETWEEN 0 AND 20),
    max_adults  INTEGER NOT NULL CHECK (max_adults BETWEEN 0 AND 20),
    CHECK (ends_at > starts_at),
    CHECK (max_girls >= min_girls),
    CHECK (max_adults >= min_adults)
) STRICT;
CREATE INDEX booth_shifts_by_booth ON booth_shifts (booth_id, starts_at);

CREATE TABLE shift_sign_ups (                    -- a girl, or an adult's account; who left stays here, so that it can be counted
    id          INTEGER PRIMARY KEY,
    shift_id    INTEGER NOT NULL REFERENCES booth_shifts,
    scout_id    INTEGER REFERENCES scouts,
    account_id  INTEGER REFERENCES accounts,
    state       TEXT NOT NULL CHECK (state IN ('going', 'waiting', 'left')),   -- those who wait move up by id
    made_at     TEXT NOT NULL CHECK (made_at IS strftime('%Y-%m-%dT%H:%M:%SZ', made_at)),
    made_by     INTEGER REFERENCES accounts,
    moved_at    TEXT CHECK (moved_at IS strftime('%Y-%m-%dT%H:%M:%SZ', moved_at)),          -- up from the waiting list
    told_at     TEXT CHECK (told_at IS strftime('%Y-%m-%dT%H:%M:%SZ', told_at)),            -- that she moved up, by mail
    CHECK (moved_at IS NOT NULL OR told_at IS NULL),
    CHECK ((scout_id IS NULL) <> (account_id IS NULL))
) STRICT;
CREATE INDEX shift_sign_ups_to_tell ON shift_sign_ups (moved_at) WHERE moved_at IS NOT NULL AND told_at IS NULL;
CREATE UNIQUE INDEX a_girl_signs_up_once ON shift_sign_ups (shift_id, scout_id) WHERE state <> 'left' AND scout_id IS NOT NULL;
CREATE UNIQUE INDEX an_adult_signs_up_once ON shift_sign_ups (shift_id, account_id) WHERE state <> 'left' AND account_id IS NOT NULL;
CREATE INDEX shift_sign_ups_by_shift ON shift_sign_ups (shift_id, state);
CREATE INDEX shift_sign_ups_by_scout ON shift_sign_ups (scout_id) WHERE scout_id IS NOT NULL;
CREATE INDEX shift_sign_ups_by_account ON shift_sign_ups (account_id) WHERE account_id IS NOT NULL;

CREATE VIEW shift_places AS                      -- every place that is taken, with its hours; of booths that take place
    SELECT shift_sign_ups.id, shift_id, scout_id, account_id, booth_id, booth_shifts.starts_at, booth_shifts.ends_at
      FROM shift_sign_ups JOIN booth_shifts ON booth_shifts.id = shift_id JOIN booths ON booths.id = booth_id
     WHERE state = 'going' AND status NOT IN ('cancelled', 'lost');

CREATE TRIGGER nobody_comes_where_no_place_is BEFORE INSERT ON shift_sign_ups
WHEN NEW.state = 'going' AND (SELECT count(*) FROM shift_sign_ups WHERE shift_id = NEW.shift_id AND state = 'going' AND id IS NOT NEW.id
                                AND (scout_id IS NULL) = (NEW.scout_id IS NULL))
   >= (SELECT CASE WHEN NEW.scout_id IS NULL THEN max_adults ELSE max_girls END FROM booth_shifts WHERE id = NEW.shift_id)
BEGIN SELECT RAISE(ABORT, 'the shift is full'); END;

CREATE TRIGGER nobody_comes_at_two_places BEFORE INSERT ON shift_sign_ups
WHEN NEW.state = 'going' AND EXISTS (SELECT 1 FROM booth_shifts AS this JOIN shift_sign_ups AS mine
                                        ON (mine.scout_id = NEW.scout_id OR mine.account_id = NEW.account_id)
                                      JOIN shift_places AS other ON other.id = mine.id
                                      WHERE this.id = NEW.shift_id AND other.id IS NOT NEW.id
                                        AND other.starts_at < this.ends_at AND other.ends_at > this.starts_at)
BEGIN SELECT RAISE(ABORT, 'nobody is at two places at once'); END;

CREATE TRIGGER nobody_moves_up_where_no_place_is BEFORE UPDATE OF state, shift_id, scout_id, account_id ON shift_sign_ups
WHEN NEW.state = 'going' AND (SELECT count(*) FROM shift_sign_ups WHERE shift_id = NEW.shift_id AND state = 'going' AND id IS NOT NEW.id
                                AND (scout_id IS NULL) = (NEW.scout_id IS NULL))
   >= (SELECT CASE WHEN NEW.scout_id IS NULL THEN max_adults ELSE max_girls END FROM booth_shifts WHERE id = NEW.shift_id)
BEGIN SELECT RAISE(ABORT, 'the shift is full'); END;

CREATE TRIGGER nobody_moves_up_at_two_places BEFORE UPDATE OF state, shift_id, scout_id, account_id ON shift_sign_ups
WHEN NEW.state = 'going' AND EXISTS (SELECT 1 FROM booth_shifts AS this JOIN shift_sign_ups AS mine
                                        ON (mine.scout_id = NEW.scout_id OR mine.account_id = NEW.account_id)
                                      JOIN shift_places AS other ON other.id = mine.id
                                      WHERE this.id = NEW.shift_id AND other.id IS NOT NEW.id
                                        AND other.starts_at < this.ends_at AND other.ends_at > this.starts_at)
BEGIN SELECT RAISE(ABORT, 'nobody is at two places at once'); END;

CREATE TRIGGER a_shift_stands_in_its_booth BEFORE INSERT ON booth_shifts
WHEN EXISTS (SELECT 1 FROM booths WHERE id = NEW.booth_id AND (NEW.starts_at < starts_at OR NEW.ends_at > ends_at))
BEGIN SELECT RAISE(ABORT, 'a shift lies within the hours of its booth'); END;

CREATE TRIGGER a_shift_keeps_its_hours BEFORE UPDATE OF starts_at, ends_at, booth_id ON booth_shifts
BEGIN SELECT RAISE(ABORT, 'a shift keeps its hours: remove it and make another'); END;

CREATE TRIGGER a_shift_keeps_who_signed_up BEFORE UPDATE OF max_girls, max_adults ON booth_shifts
WHEN NEW.max_girls < (SELECT count(*) FROM shift_sign_ups WHERE shift_id = NEW.id AND state = 'going' AND scout_id IS NOT NULL)
  OR NEW.max_adults < (SELECT count(*) FROM shift_sign_ups WHERE shift_id = NEW.id AND state = 'going' AND account_id IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'more have signed up than that'); END;

CREATE TRIGGER a_booth_keeps_its_shifts BEFORE UPDATE OF starts_at, ends_at ON booths
WHEN EXISTS (SELECT 1 FROM booth_shifts WHERE booth_id = NEW.id AND (starts_at < NEW.starts_at OR ends_at > NEW.ends_at))
BEGIN SELECT RAISE(ABORT, 'a shift lies within the hours of its booth'); END;

CREATE TABLE shift_swaps (                       -- a place that somebody offers to the other families
    id          INTEGER PRIMARY KEY,
    sign_up_id  INTEGER NOT NULL REFERENCES shift_sign_ups,
    offered_at  TEXT NOT NULL CHECK (offered_at IS strftime('%Y-%m-%dT%H:%M:%SZ', offered_at)),
    offered_by  INTEGER REFERENCES accounts,
    state       TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'taken', 'withdrawn')),
    taken_as    INTEGER REFERENCES shift_sign_ups,
    CHECK ((state = 'taken') = (taken_as IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX a_place_is_offered_once ON shift_swaps (sign_up_id) WHERE state = 'open';

CREATE TABLE presences (                         -- when a girl or an adult was at a booth: [came_at, left_at), not there any more at left_at
    id          INTEGER PRIMARY KEY,
    booth_id    INTEGER NOT NULL REFERENCES booths,
    scout_id    INTEGER REFERENCES scouts,
    account_id  INTEGER REFERENCES accounts,
    came_at     TEXT NOT NULL CHECK (came_at IS strftime('%Y-%m-%dT%H:%M:%SZ', came_at)),
    left_at     TEXT CHECK (left_at IS strftime('%Y-%m-%dT%H:%M:%SZ', left_at)),            -- none: to the end
    noted_by    INTEGER REFERENCES accounts,
    noted_at    TEXT NOT NULL CHECK (noted_at IS strftime('%Y-%m-%dT%H:%M:%SZ', noted_at)),
    CHECK ((scout_id IS NULL) <> (account_id IS NULL)),
    CHECK (left_at > came_at)
) STRICT;
CREATE INDEX presences_by_booth ON presences (booth_id, scout_id, came_at);
CREATE INDEX presences_by_scout ON presences (scout_id, came_at) WHERE scout_id IS NOT NULL;
CREATE INDEX presences_by_account ON presences (account_id, came_at) WHERE account_id IS NOT NULL;

CREATE TRIGGER somebody_comes_at_one_booth BEFORE INSERT ON presences
WHEN EXISTS (SELECT 1 FROM presences AS other
              WHERE (other.scout_id = NEW.scout_id OR other.account_id = NEW.account_id) AND other.id IS NOT NEW.id
                AND other.came_at < ifnull(NEW.left_at, (SELECT max(ends_at, NEW.came_at) FROM booths WHERE id = NEW.booth_id))
                AND ifnull(other.left_at, (SELECT max(ends_at, other.came_at) FROM booths WHERE id = other.booth_id)) > NEW.came_at)
BEGIN SELECT RAISE(ABORT, 'she is at another booth at that time'); END;

CREATE TRIGGER somebody_stays_at_one_booth BEFORE UPDATE ON presences
WHEN EXISTS (SELECT 1 FROM presences AS other
              WHERE (other.scout_id = NEW.scout_id OR other.account_id = NEW.account_id) AND other.id IS NOT NEW.id
                AND other.came_at < ifnull(NEW.left_at, (SELECT max(ends_at, NEW.came_at) FROM booths WHERE id = NEW.booth_id))
                AND ifnull(other.left_at, (SELECT max(ends_at, other.came_at) FROM booths WHERE id = other.booth_id)) > NEW.came_at)
BEGIN SELECT RAISE(ABORT, 'she is at another booth at that time'); END;

CREATE TABLE calendar_links (                    -- a family's booths for its own calendar; the link's secret is not kept, only its hash
    account_id  INTEGER PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    token_hash  TEXT NOT NULL UNIQUE CHECK (length(token_hash) = 64),
    made_at     TEXT NOT NULL CHECK (made_at IS strftime('%Y-%m-%dT%H:%M:%SZ', made_at))
) STRICT;

------------------------------------------------------------------------------------------------------------------------
-- Sales                                                                                                     domain/sales
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE orders (
    id               INTEGER PRIMARY KEY,
    season_id        INTEGER NOT NULL REFERENCES seasons,
    source           TEXT NOT NULL DEFAULT 'manual' CHECK (source IN ('manual', 'digital-cookie')),
    external_number  TEXT CHECK (length(external_number) BETWEEN 1 AND 40),
    scout_id         INTEGER REFERENCES scouts,              -- none: the troop's own sale (its site, its table)
    order_type       TEXT NOT NULL CHECK (order_type IN
                         ('order_card', 'in_hand', 'delivery', 'pickup', 'shipped', 'donation', 'booth', 'unknown')),
    status           TEXT NOT NULL CHECK (status IN ('needs_approval', 'promised', 'delivered', 'cancelled', 'unknown')),
    payment_method   TEXT NOT NULL CHECK (payment_method IN
                         ('none', 'cash', 'check', 'venmo', 'other', 'card', 'unknown')),   -- card: the council holds it
    customer_name    TEXT NOT NULL DEFAULT '' CHECK (length(customer_name) <= 80),
    customer_email   TEXT CHECK (length(customer_email) <= 254),
    customer_phone   TEXT CHECK (length(customer_phone) <= 40),
    customer_address TEXT CHECK (length(customer_address) <= 200),
    notes            TEXT CHECK (length(notes) <= 500),
    ordered_at       TEXT NOT NULL CHECK (ordered_at IS strftime('%Y-%m-%dT%H:%M:%SZ', ordered_at)),
    ordered_on       TEXT NOT NULL CHECK (ordered_on IS date(ordered_on)),
    delivered_on     TEXT CHECK (delivered_on IS date(delivered_on)),
    collected_cents  INTEGER NOT NULL DEFAULT 0 CHECK (collected_cents BETWEEN 0 AND 10000000),
    boxes            INTEGER NOT NULL DEFAULT 0,             -- kept by the triggers on order_lines: lists are read often
    donated_boxes    INTEGER NOT NULL DEFAULT 0,
    amount_cents     INTEGER NOT NULL DEFAULT 0,
    donated_cents    INTEGER NOT NULL DEFAULT 0,             -- of the amount: Cookie Share
    recorded_by      INTEGER REFERENCES accounts,
    recorded_at      TEXT NOT NULL CHECK (recorded_at IS strftime('%Y-%m-%dT%H:%M:%SZ', recorded_at)),
    version          INTEGER NOT NULL DEFAULT 1,             -- raised by each change: two open tabs cannot overwrite each other
    CHECK ((source = 'manual') = (external_number IS NULL)),
    CHECK (payment_method <> 'none' OR collected_cents = 0)
) STRICT;
CREATE UNIQUE INDEX orders_by_number ON orders (season_id, source, external_number) WHERE external_number IS NOT NULL;
CREATE INDEX orders_by_time ON orders (season_id, ordered_at, id);
CREATE INDEX orders_by_scout ON orders (scout_id, season_id, ordered_at, id);
CREATE INDEX orders_by_status ON orders (season_id, status, ordered_at, id);
CREATE INDEX orders_by_day ON orders (season_id, ordered_on);

CREATE TABLE order_lines (
    order_id     INTEGER NOT NULL REFERENCES orders,
    product_id   INTEGER NOT NULL REFERENCES products,
    boxes        INTEGER NOT NULL CHECK (boxes BETWEEN 1 AND 100000),
    price_cents  INTEGER NOT NULL CHECK (price_cents BETWEEN 0 AND 10000),   -- copied: a later price never restates it
    PRIMARY KEY (order_id, product_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_lines_by_product ON order_lines (product_id, order_id, boxes, price_cents);

CREATE TABLE order_thanks (                      -- customers who were thanked
    order_id    INTEGER PRIMARY KEY REFERENCES orders,
    thanked_at  TEXT NOT NULL CHECK (thanked_at IS strftime('%Y-%m-%dT%H:%M:%SZ', thanked_at)),
    thanked_by  INTEGER REFERENCES accounts
) STRICT;

CREATE TRIGGER order_lines_add_up AFTER INSERT ON order_lines BEGIN
    UPDATE orders
       SET boxes = boxes + NEW.boxes,
           amount_cents = amount_cents + NEW.boxes * NEW.price_cents,
           donated_boxes = donated_boxes + NEW.boxes * shared, donated_cents = donated_cents + NEW.boxes * NEW.price_cents * shared
      FROM (SELECT is_virtual AS shared FROM products WHERE id = NEW.product_id)
     WHERE id = NEW.order_id;
END;
CREATE TRIGGER order_lines_take_away AFTER DELETE ON order_lines BEGIN
    UPDATE orders
       SET boxes = boxes - OLD.boxes,
           amount_cents = amount_cents - OLD.boxes * OLD.price_cents,
           donated_boxes = donated_boxes - OLD.boxes * shared, donated_cents = donated_cents - OLD.boxes * OLD.price_cents * shared
      FROM (SELECT is_virtual AS shared FROM products WHERE id = OLD.product_id)
     WHERE id = OLD.order_id;
END;
CREATE TRIGGER order_lines_are_replaced BEFORE UPDATE ON order_lines
BEGIN SELECT RAISE(ABORT, 'a line is deleted and written again'); END;

CREATE VIRTUAL TABLE order_search USING fts5 (   -- finds a sale by customer, scout or note; rowid is the order
    text, content = '', contentless_delete = 1, detail = none, tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE goals (
    id         INTEGER PRIMARY KEY,
    season_id  INTEGER NOT NULL REFERENCES seasons,
    scout_id   INTEGER REFERENCES scouts,                    -- none: the troop's goal
    boxes      INTEGER NOT NULL CHECK (boxes BETWEEN 1 AND 100000)
) STRICT;
CREATE UNIQUE INDEX one_goal_each ON goals (season_id, ifnull(scout_id, 0));

------------------------------------------------------------------------------------------------------------------------
-- Imports                                                                                                 domain/imports
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE import_batches (
    id           INTEGER PRIMARY KEY,
    season_id    INTEGER NOT NULL REFERENCES seasons,
    source       TEXT NOT NULL CHECK (source IN ('digital-cookie', 'smart-cookies', 'ebudde', 'roster', 'csv')),
    kind         TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),           -- which of the source's files
    row_type     TEXT NOT NULL CHECK (row_type IN ('order', 'transfer', 'ledger', 'scout')),
    file_name    TEXT NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    sha256       TEXT NOT NULL CHECK (length(sha256) = 64),
    scout_id     INTEGER REFERENCES scouts,                                     -- whose file a caregiver's export is
    state        TEXT NOT NULL DEFAULT 'staged' CHECK (state IN ('staged', 'applied', 'undone')),
    file_totals  TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(file_totals)),
    notes        TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(notes)),
    file_made    TEXT NOT NULL DEFAULT '' CHECK (length(file_made) <= 30),      -- when it was downloaded, as its name says
    newest       TEXT NOT NULL DEFAULT '' CHECK (length(newest) <= 30),         -- the latest day or instant in its rows
    staged_at    TEXT NOT NULL CHECK (staged_at IS strftime('%Y-%m-%dT%H:%M:%SZ', staged_at)),
    staged_by    INTEGER REFERENCES accounts,
    applied_at   TEXT CHECK (applied_at IS strftime('%Y-%m-%dT%H:%M:%SZ', applied_at)),
    undone_at    TEXT CHECK (undone_at IS strftime('%Y-%m-%dT%H:%M:%SZ', undone_at)),
    CHECK ((state = 'staged') = (applied_at IS NULL)),
    CHECK ((state = 'undone') = (undone_at IS NOT NULL))
) STRICT;
CREATE INDEX import_batches_by_season ON import_batches (season_id, id);
CREATE INDEX import_batches_by_content ON import_batches (sha256);

CREATE TABLE import_rows (                       -- every row of every file as it was read; none is ever dropped
    id          INTEGER PRIMARY KEY,
    batch_id    INTEGER NOT NULL REFERENCES import_batches ON DELETE CASCADE,
    row_no      INTEGER NOT NULL CHECK (row_no BETWEEN 0 AND 100000),           -- 0: not in this file, but in the one before
    key         TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    fields      TEXT NOT NULL CHECK (json_valid(fields)),                       -- a girl's name only while nobody knows who she is
    scout_id    INTEGER REFERENCES scouts,
    outcome     TEXT NOT NULL CHECK (outcome IN ('new', 'ours', 'same', 'changed', 'vanished', 'conflict', 'refused')),
    reasons     TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(reasons)),         -- [{message, params}], translated when shown
    asks        TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(asks)),            -- [[kind, said]]: what somebody has to answer
    is_written  INTEGER NOT NULL DEFAULT 0 CHECK (is_written IN (0, 1)),        -- it changed something when it was applied
    before      TEXT CHECK (before IS NULL OR json_valid(before))  -- what was known under this key when it was applied, to go back to
) STRICT;
CREATE INDEX import_rows_by_batch ON import_rows (batch_id, id);
CREATE INDEX import_rows_by_key ON import_rows (key, batch_id);
CREATE INDEX import_rows_waiting ON import_rows (batch_id) WHERE outcome = 'refused';

CREATE TABLE import_answers (                    -- what a person said once about a text of a file, remembered
    source   TEXT NOT NULL CHECK (length(source) BETWEEN 1 AND 40),
    kind     TEXT NOT NULL CHECK (kind IN
                 ('cookie', 'scout', 'order_type', 'status', 'payment', 'transfer_type', 'refund', 'move', 'header')),
    said     TEXT NOT NULL CHECK (length(said) BETWEEN 1 AND 200),              -- a girl's name only as its hash
    meaning  TEXT NOT NULL CHECK (length(meaning) BETWEEN 1 AND 200),
    PRIMARY KEY (source, kind, said)
) STRICT, WITHOUT ROWID;

CREATE TABLE office_lines (                      -- what the back office (Smart Cookies, eBudde) says, next to our own ledgers
    id               INTEGER PRIMARY KEY,
    season_id        INTEGER NOT NULL REFERENCES seasons,
    system           TEXT NOT NULL CHECK (system IN ('smart-cookies', 'ebudde')),
    key              TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    kind             TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
    external_number  TEXT NOT NULL DEFAULT '' CHECK (length(external_number) <= 40),
    scout_id         INTEGER REFERENCES scouts,
    product_id       INTEGER REFERENCES products,
    boxes            INTEGER NOT NULL CHECK (boxes BETWEEN -100000 AND 100000),
    cents            INTEGER NOT NULL DEFAULT 0 CHECK (cents BETWEEN -100000000 AND 100000000),
    day              TEXT CHECK (day IS date(day)),
    batch_id         INTEGER NOT NULL REFERENCES import_batches
) STRICT;
CREATE INDEX office_lines_by_key ON office_lines (season_id, system, key);
CREATE INDEX office_lines_by_scout ON office_lines (season_id, scout_id);
CREATE INDEX office_lines_by_batch ON office_lines (batch_id);

CREATE TABLE typed_ticks (                       -- what was already typed into the other system, line by line
    season_id  INTEGER NOT NULL REFERENCES seasons,
    key        TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    ticked_at  TEXT NOT NULL CHECK (ticked_at IS strftime('%Y-%m-%dT%H:%M:%SZ', ticked_at)),
    ticked_by  INTEGER REFERENCES accounts,
    boxes      INTEGER NOT NULL CHECK (boxes BETWEEN -100000 AND 100000),       -- typed since the office's last export
    PRIMARY KEY (season_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE external_entries (                  -- another system's record and the one entry that stands for it here
    season_id  INTEGER NOT NULL REFERENCES seasons,
    system     TEXT NOT NULL CHECK (system IN ('smart-cookies', 'ebudde')),
    key        TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    entry_id   INTEGER NOT NULL UNIQUE REFERENCES journal,
    is_own     INTEGER NOT NULL DEFAULT 0 CHECK (is_own IN (0, 1)),             -- recorded here by hand before the record came
    PRIMARY KEY (season_id, system, key)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER an_own_move_was_recorded_by_hand BEFORE INSERT ON external_entries
WHEN NEW.is_own = 1
 AND (SELECT batch_id IS NOT NULL OR reverses IS NOT NULL OR season_id <> NEW.season_id
             OR kind NOT IN ('C2T', 'T2C', 'T2G', 'G2T', 'G2G', 'T2T_IN', 'T2T_OUT') FROM journal WHERE id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'only a move of the same season that somebody recorded by hand is recognised'); END;
CREATE TRIGGER an_own_move_is_let_go BEFORE UPDATE OF entry_id, is_own ON external_entries
BEGIN SELECT RAISE(ABORT, 'what stands for a record is let go, never edited'); END;

------------------------------------------------------------------------------------------------------------------------
-- The journal and its three ledgers: custody of boxes, liability in cents, credit of girls                domain/journal
--
-- Everything that happens to the season's boxes and money is an entry here. An entry posts to one, two or all three
-- ledgers; they are never derived from each other. Nothing is edited: a mistake is reversed by an entry that mirrors it.
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE places (                            -- where a box can be
    id        INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL CHECK (kind IN
                  ('council', 'troop', 'scout', 'booth', 'transit', 'damaged', 'customer', 'other_troop', 'lost', 'donated')),
    scout_id  INTEGER UNIQUE REFERENCES scouts,
    booth_id  INTEGER UNIQUE REFERENCES booths,
    CHECK ((kind = 'scout') = (scout_id IS NOT NULL)),
    CHECK ((kind = 'booth') = (booth_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX one_place_of_a_kind ON places (kind) WHERE kind NOT IN ('scout', 'booth');
INSERT INTO places (id, kind) VALUES (1, 'council'), (2, 'troop'), (3, 'transit'), (4, 'damaged'), (5, 'customer'),
                                     (6, 'other_troop'), (7, 'lost'), (8, 'donated');

CREATE TABLE money_accounts (                    -- what a cent can stand for; a debit makes each of these larger
    id        INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL CHECK (kind IN
                  ('scout', 'stock', 'cash_box', 'bank', 'council', 'card_clearing', 'over_short', 'losses', 'write_off', 'proceeds')),
    scout_id  INTEGER UNIQUE REFERENCES scouts,
    CHECK ((kind = 'scout') = (scout_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX one_account_of_a_kind ON money_accounts (kind) WHERE kind <> 'scout';
INSERT INTO money_accounts (id, kind) VALUES
    (1, 'stock'),          -- boxes the troop answers for, at their price
    (2, 'cash_box'),       -- cash and checks in the troop's hands
    (3, 'bank'),
    (4, 'council'),        -- below zero: what the troop owes the council before card money and proceeds
    (5, 'card_clearing'),  -- card money of customers that the council already holds
    (6, 'over_short'),     -- booth cash that does not match: the troop's, never a girl's
    (7, 'losses'),         -- boxes lost or damaged and not replaced
    (8, 'write_off'),      -- family debts the council took over
    (9, 'proceeds');

CREATE TRIGGER a_scout_has_a_place_and_an_account AFTER INSERT ON scouts BEGIN
    INSERT INTO places (kind, scout_id) VALUES ('scout', NEW.id);
    INSERT INTO money_accounts (kind, scout_id) VALUES ('scout', NEW.id);
END;
CREATE TRIGGER a_booth_has_a_place AFTER INSERT ON booths BEGIN
    INSERT INTO places (kind, booth_id) VALUES ('booth', NEW.id);
END;

CREATE TABLE journal (
    id               INTEGER PRIMARY KEY,
    season_id        INTEGER NOT NULL REFERENCES seasons,
    kind             TEXT NOT NULL CHECK (kind IN
                         ('sale', 'delivery',
                          'C2T', 'T2C', 'T2G', 'G2T', 'G2G', 'T2T_IN', 'T2T_OUT', 'TROOP_TO_BOOTH', 'BOOTH_TO_TROOP',
                          'DAMAGED', 'REPLACED', 'LOST', 'FOUND', 'TROOP_GIFT',
                          'booth_sale', 'booth_credit', 'site_credit', 'office_credit',
                          'payment', 'deposit', 'sweep', 'write_off')),
    day              TEXT NOT NULL CHECK (day IS date(day)),
    recorded_at      TEXT NOT NULL CHECK (recorded_at IS strftime('%Y-%m-%dT%H:%M:%SZ', recorded_at)),
    recorded_by      INTEGER REFERENCES accounts,
    scout_id         INTEGER REFERENCES scouts,
    order_id         INTEGER REFERENCES orders,
    booth_id         INTEGER REFERENCES booths,
    count_id         INTEGER REFERENCES counts,
    batch_id         INTEGER REFERENCES import_batches,
    method           TEXT CHECK (method IN ('cash', 'check', 'card', 'venmo', 'pay_bill', 'other')),
    reference        TEXT NOT NULL DEFAULT '' CHECK (length(reference) <= 80),
    note             TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    reverses         INTEGER REFERENCES journal CHECK (reverses < id)
) STRICT;
CREATE INDEX journal_by_season ON journal (season_id, id);
CREATE UNIQUE INDEX an_entry_is_reversed_once ON journal (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX journal_by_order ON journal (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX journal_by_scout ON journal (scout_id, id) WHERE scout_id IS NOT NULL;
CREATE INDEX journal_by_booth ON journal (booth_id) WHERE booth_id IS NOT NULL;
CREATE INDEX journal_by_count ON journal (count_id) WHERE count_id IS NOT NULL;
CREATE INDEX journal_by_batch ON journal (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX journal_of_the_office ON journal (id) WHERE kind = 'office_credit';

CREATE TABLE box_moves (                         -- custody: boxes go from one place to another, so none can appear or vanish
    id          INTEGER PRIMARY KEY,
    entry_id    INTEGER NOT NULL REFERENCES journal,
    product_id  INTEGER NOT NULL REFERENCES products,
    from_place  INTEGER NOT NULL REFERENCES places,
    to_place    INTEGER NOT NULL REFERENCES places,
    boxes       INTEGER NOT NULL CHECK (boxes BETWEEN 1 AND 100000),
    CHECK (from_place <> to_place)
) STRICT;
CREATE INDEX box_moves_by_entry ON box_moves (entry_id);
CREATE INDEX box_moves_in ON box_moves (to_place, product_id, boxes);
CREATE INDEX box_moves_out ON box_moves (from_place, product_id, boxes);
CREATE INDEX box_moves_by_product ON box_moves (product_id);

CREATE TABLE money_entries (                     -- liability: each row debits one account and credits another, so all sum to zero
    id             INTEGER PRIMARY KEY,
    entry_id       INTEGER NOT NULL REFERENCES journal,
    debit          INTEGER NOT NULL REFERENCES money_accounts,
    credit         INTEGER NOT NULL REFERENCES money_accounts,
    cents          INTEGER NOT NULL CHECK (cents BETWEEN 1 AND 1000000000),
    product_id     INTEGER REFERENCES products,  -- with it: so many boxes at that price, copied when it happened
    boxes          INTEGER CHECK (boxes BETWEEN 1 AND 100000),
    price_cents    INTEGER CHECK (price_cents BETWEEN 1 AND 10000),
    CHECK (debit <> credit),
    CHECK ((product_id IS NULL) = (boxes IS NULL) AND (boxes IS NULL) = (price_cents IS NULL)),
    CHECK (boxes IS NULL OR cents = boxes * price_cents)
) STRICT;
CREATE INDEX money_entries_by_entry ON money_entries (entry_id);
CREATE INDEX money_entries_by_debit ON money_entries (debit, cents);
CREATE INDEX money_entries_by_credit ON money_entries (credit, cents);

CREATE TABLE credits (                           -- credit: which girl gets the package, for rewards and the per-girl average
    id          INTEGER PRIMARY KEY,
    entry_id    INTEGER NOT NULL REFERENCES journal,
    scout_id    INTEGER NOT NULL REFERENCES scouts,
    product_id  INTEGER NOT NULL REFERENCES products,
    boxes       INTEGER NOT NULL CHECK (boxes <> 0 AND boxes BETWEEN -100000 AND 100000),   -- below zero: taken back
    channel     TEXT NOT NULL CHECK (channel IN ('own', 'donation', 'shipped', 'booth', 'site', 'adjust'))
) STRICT;
CREATE INDEX credits_by_entry ON credits (entry_id);
CREATE INDEX credits_by_scout ON credits (scout_id, product_id, boxes);

-- Sums that are asked for all day: kept by triggers as the rows come, so that a season ten times as long answers as fast.
-- The views of "Every derived number, once" read them; ops/copies/ledgers compares them with the rows.

CREATE TABLE credit_sums (                       -- packages credited to a girl, by cookie and channel
    scout_id    INTEGER NOT NULL REFERENCES scouts,
    product_id  INTEGER NOT NULL REFERENCES products,
    channel     TEXT NOT NULL CHECK (channel IN ('own', 'donation', 'shipped', 'booth', 'site', 'adjust')),
    boxes       INTEGER NOT NULL,
    PRIMARY KEY (scout_id, product_id, channel)
) STRICT, WITHOUT ROWID;
CREATE INDEX credit_sums_by_product ON credit_sums (product_id);

CREATE TABLE girl_credit_sums (                  -- packages credited to a girl, all cookies together
    season_id  INTEGER NOT NULL REFERENCES seasons,
    scout_id   INTEGER NOT NULL REFERENCES scouts,
    boxes      INTEGER NOT NULL,
    PRIMARY KEY (season_id, scout_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX girl_credit_sums_by_scout ON girl_credit_sums (scout_id);

CREATE TABLE booth_sums (                        -- packages sold at a booth, and those that girls are credited with (rowids: db/tables.py)
    booth_id    INTEGER NOT NULL REFERENCES booths,
    product_id  INTEGER NOT NULL REFERENCES products,
    sold        INTEGER NOT NULL,
    credited    INTEGER NOT NULL,
    PRIMARY KEY (booth_id, product_id)
) STRICT;
CREATE INDEX booth_sums_by_product ON booth_sums (product_id, sold);

CREATE TRIGGER credits_are_added_up AFTER INSERT ON credits BEGIN
    INSERT INTO credit_sums VALUES (NEW.scout_id, NEW.product_id, NEW.channel, NEW.boxes)
        ON CONFLICT DO UPDATE SET boxes = boxes + excluded.boxes;
    INSERT INTO girl_credit_sums SELECT season_id, NEW.scout_id, NEW.boxes FROM products WHERE id = NEW.product_id
        ON CONFLICT DO UPDATE SET boxes = boxes + excluded.boxes;
    INSERT INTO booth_sums SELECT booth_id, NEW.product_id, 0, NEW.boxes FROM journal WHERE id = NEW.entry_id AND booth_id IS NOT NULL
        ON CONFLICT DO UPDATE SET credited = credited + excluded.credited;
END;

CREATE TRIGGER boxes_sold_at_a_booth_are_added_up AFTER INSERT ON box_moves WHEN 5 IN (NEW.from_place, NEW.to_place) BEGIN
    INSERT INTO booth_sums SELECT booth_id, NEW.product_id, iif(reverses IS NULL, NEW.boxes, -NEW.boxes), 0
      FROM journal WHERE id = NEW.entry_id AND booth_id IS NOT NULL AND kind = 'booth_sale'
        ON CONFLICT DO UPDATE SET sold = sold + excluded.sold;
END;

CREATE TABLE box_sums (                          -- boxes of a cookie that are at a place; below zero is a signal
    place_id    INTEGER NOT NULL REFERENCES places,
    product_id  INTEGER NOT NULL REFERENCES products,
    boxes       INTEGER NOT NULL,
    PRIMARY KEY (place_id, product_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX box_sums_by_product ON box_sums (product_id);

CREATE TRIGGER box_moves_are_added_up AFTER INSERT ON box_moves BEGIN
    INSERT INTO box_sums VALUES (NEW.to_place, NEW.product_id, NEW.boxes), (NEW.from_place, NEW.product_id, -NEW.boxes)
        ON CONFLICT DO UPDATE SET boxes = boxes + excluded.boxes;
END;

CREATE TABLE money_sums (                        -- cents on an account, by what happened and the cookie they stand for (0: none)
    account_id  INTEGER NOT NULL REFERENCES money_accounts,
    season_id   INTEGER NOT NULL REFERENCES seasons,
    kind        TEXT NOT NULL,
    product_id  INTEGER NOT NULL,
    cents       INTEGER NOT NULL,
    boxes       INTEGER NOT NULL,                -- packages that these cents stand for
    PRIMARY KEY (account_id, season_id, kind, product_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER money_is_added_up AFTER INSERT ON money_entries BEGIN
    INSERT INTO money_sums
    SELECT account_id, season_id, kind, ifnull(NEW.product_id, 0), sign * NEW.cents, sign * ifnull(NEW.boxes, 0)
      FROM journal, (SELECT NEW.debit AS account_id, 1 AS sign UNION ALL SELECT NEW.credit, -1) WHERE journal.id = NEW.entry_id
        ON CONFLICT DO UPDATE SET cents = cents + excluded.cents, boxes = boxes + excluded.boxes;
END;
CREATE TRIGGER cookie_share_of_a_booth_is_added_up AFTER INSERT ON money_entries WHEN NEW.product_id IS NOT NULL BEGIN
    INSERT INTO booth_sums SELECT booth_id, NEW.product_id, iif(reverses IS NULL, NEW.boxes, -NEW.boxes), 0
      FROM journal JOIN products ON products.id = NEW.product_id
     WHERE journal.id = NEW.entry_id AND booth_id IS NOT NULL AND kind = 'booth_sale' AND is_virtual = 1
        ON CONFLICT DO UPDATE SET sold = sold + excluded.sold;
END;

CREATE TABLE order_sums (                        -- orders that are sales, of a girl; scout 0: the troop's own
    season_id        INTEGER NOT NULL REFERENCES seasons,
    scout_id         INTEGER NOT NULL,
    sales            INTEGER NOT NULL CHECK (sales >= 0),
    boxes            INTEGER NOT NULL CHECK (boxes >= 0),
    amount_cents     INTEGER NOT NULL CHECK (amount_cents >= 0),
    collected_cents  INTEGER NOT NULL CHECK (collected_cents >= 0),
    donated_boxes    INTEGER NOT NULL CHECK (donated_boxes >= 0),
    delivered_cents  INTEGER NOT NULL CHECK (delivered_cents >= 0),          -- what passed through her hands: see added_orders
    share_cents      INTEGER NOT NULL CHECK (share_cents >= 0),
    cash_cents       INTEGER NOT NULL CHECK (cash_cents >= 0),
    card_cents       INTEGER NOT NULL CHECK (card_cents >= 0),
    PRIMARY KEY (season_id, scout_id)
) STRICT, WITHOUT ROWID;

-- A changed order is taken off as it was before it changes, and added as it is after that.
CREATE TRIGGER orders_are_added_up AFTER INSERT ON orders BEGIN
    INSERT INTO order_sums
    SELECT season_id, ifnull(scout_id, 0), 1, boxes, amount_cents, collected_cents, donated_boxes,
           delivered_cents, share_cents, cash_cents, card_cents FROM added_orders WHERE order_id = NEW.id
        ON CONFLICT DO UPDATE SET sales = sales + 1, boxes = boxes + excluded.boxes, amount_cents = amount_cents + excluded.amount_cents,
           collected_cents = collected_cents + excluded.collected_cents, donated_boxes = donated_boxes + excluded.donated_boxes,
           delivered_cents = delivered_cents + excluded.delivered_cents, share_cents = share_cents + excluded.share_cents,
           cash_cents = cash_cents + excluded.cash_cents, card_cents = card_cents + excluded.card_cents;
END;
CREATE TRIGGER orders_are_taken_off_before_they_change BEFORE UPDATE OF season_id, scout_id, status, order_type, payment_method, boxes, amount_cents, collected_cents,
    donated_boxes, donated_cents ON orders BEGIN
    UPDATE order_sums
       SET sales = order_sums.sales - 1, boxes = order_sums.boxes - gone.boxes,
           amount_cents = order_sums.amount_cents - gone.amount_cents,
           collected_cents = order_sums.collected_cents - gone.collected_cents,
           donated_boxes = order_sums.donated_boxes - gone.donated_boxes,
           delivered_cents = order_sums.delivered_cents - gone.delivered_cents,
           share_cents = order_sums.share_cents - gone.share_cents,
           cash_cents = order_sums.cash_cents - gone.cash_cents, card_cents = order_sums.card_cents - gone.card_cents
      FROM (SELECT * FROM added_orders WHERE order_id = OLD.id) AS gone
     WHERE order_sums.season_id = gone.season_id AND order_sums.scout_id = ifnull(gone.scout_id, 0);
END;
CREATE TRIGGER orders_are_added_up_anew AFTER UPDATE OF season_id, scout_id, status, order_type, payment_method, boxes, amount_cents, collected_cents,
    donated_boxes, donated_cents ON orders BEGIN
    INSERT INTO order_sums
    SELECT season_id, ifnull(scout_id, 0), 1, boxes, amount_cents, collected_cents, donated_boxes,
           delivered_cents, share_cents, cash_cents, card_cents FROM added_orders WHERE order_id = NEW.id
        ON CONFLICT DO UPDATE SET sales = sales + 1, boxes = boxes + excluded.boxes, amount_cents = amount_cents + excluded.amount_cents,
           collected_cents = collected_cents + excluded.collected_cents, donated_boxes = donated_boxes + excluded.donated_boxes,
           delivered_cents = delivered_cents + excluded.delivered_cents, share_cents = share_cents + excluded.share_cents,
           cash_cents = cash_cents + excluded.cash_cents, card_cents = card_cents + excluded.card_cents;
END;
CREATE TRIGGER orders_that_go_are_taken_off BEFORE DELETE ON orders BEGIN
    UPDATE order_sums
       SET sales = order_sums.sales - 1, boxes = order_sums.boxes - gone.boxes,
           amount_cents = order_sums.amount_cents - gone.amount_cents,
           collected_cents = order_sums.collected_cents - gone.collected_cents,
           donated_boxes = order_sums.donated_boxes - gone.donated_boxes,
           delivered_cents = order_sums.delivered_cents - gone.delivered_cents,
           share_cents = order_sums.share_cents - gone.share_cents,
           cash_cents = order_sums.cash_cents - gone.cash_cents, card_cents = order_sums.card_cents - gone.card_cents
      FROM (SELECT * FROM added_orders WHERE order_id = OLD.id) AS gone
     WHERE order_sums.season_id = gone.season_id AND order_sums.scout_id = ifnull(gone.scout_id, 0);
END;

CREATE TABLE line_sums (                         -- packages of a cookie in orders that are sales, and their price together
    product_id  INTEGER PRIMARY KEY REFERENCES products,
    boxes       INTEGER NOT NULL CHECK (boxes >= 0),
    cents       INTEGER NOT NULL CHECK (cents >= 0)
) STRICT;

CREATE TRIGGER lines_are_added_up AFTER INSERT ON order_lines
WHEN (SELECT status FROM orders WHERE id = NEW.order_id) IN ('promised', 'delivered') BEGIN
    INSERT INTO line_sums VALUES (NEW.product_id, NEW.boxes, NEW.boxes * NEW.price_cents)
        ON CONFLICT DO UPDATE SET boxes = boxes + excluded.boxes, cents = cents + excluded.cents;
END;
CREATE TRIGGER lines_that_go_are_taken_off AFTER DELETE ON order_lines
WHEN (SELECT status FROM orders WHERE id = OLD.order_id) IN ('promised', 'delivered') BEGIN
    UPDATE line_sums SET boxes = boxes - OLD.boxes, cents = cents - OLD.boxes * OLD.price_cents WHERE product_id = OLD.product_id;
END;
CREATE TRIGGER lines_of_what_becomes_a_sale_are_added_up AFTER UPDATE OF status ON orders
WHEN OLD.status NOT IN ('promised', 'delivered') AND NEW.status IN ('promised', 'delivered') BEGIN
    INSERT INTO line_sums SELECT product_id, boxes, boxes * price_cents FROM order_lines WHERE order_id = NEW.id
        ON CONFLICT DO UPDATE SET boxes = boxes + excluded.boxes, cents = cents + excluded.cents;
END;
CREATE TRIGGER lines_of_what_is_no_sale_are_taken_off AFTER UPDATE OF status ON orders
WHEN OLD.status IN ('promised', 'delivered') AND NEW.status NOT IN ('promised', 'delivered') BEGIN
    UPDATE line_sums SET boxes = line_sums.boxes - own.boxes, cents = line_sums.cents - own.boxes * own.price_cents
      FROM (SELECT product_id, boxes, price_cents FROM order_lines WHERE order_id = NEW.id) AS own
     WHERE own.product_id = line_sums.product_id;
END;

-- Append-only ---------------------------------------------------------------------------------------------------------

CREATE TRIGGER journal_is_kept       BEFORE UPDATE ON journal       BEGIN SELECT RAISE(ABORT, 'the journal is never edited'); END;
CREATE TRIGGER journal_stays         BEFORE DELETE ON journal       BEGIN SELECT RAISE(ABORT, 'the journal is never edited'); END;
CREATE TRIGGER box_moves_are_kept    BEFORE UPDATE ON box_moves     BEGIN SELECT RAISE(ABORT, 'custody is never edited'); END;
CREATE TRIGGER box_moves_stay        BEFORE DELETE ON box_moves     BEGIN SELECT RAISE(ABORT, 'custody is never edited'); END;
CREATE TRIGGER money_entries_are_kept BEFORE UPDATE ON money_entries BEGIN SELECT RAISE(ABORT, 'liability is never edited'); END;
CREATE TRIGGER money_entries_stay    BEFORE DELETE ON money_entries BEGIN SELECT RAISE(ABORT, 'liability is never edited'); END;
CREATE TRIGGER credits_are_kept      BEFORE UPDATE ON credits       BEGIN SELECT RAISE(ABORT, 'credit is never edited'); END;
CREATE TRIGGER credits_stay          BEFORE DELETE ON credits       BEGIN SELECT RAISE(ABORT, 'credit is never edited'); END;

-- An entry is whole when the next one begins: an old one gains no posting ----------------------------------------------

CREATE TRIGGER moves_belong_to_the_newest_entry BEFORE INSERT ON box_moves WHEN EXISTS (SELECT 1 FROM journal WHERE id > NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'an old entry gains no posting'); END;
CREATE TRIGGER money_belongs_to_the_newest_entry BEFORE INSERT ON money_entries WHEN EXISTS (SELECT 1 FROM journal WHERE id > NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'an old entry gains no posting'); END;
CREATE TRIGGER credits_belong_to_the_newest_entry BEFORE INSERT ON credits WHEN EXISTS (SELECT 1 FROM journal WHERE id > NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'an old entry gains no posting'); END;

-- A reversal mirrors what it reverses, posting by posting, and is not itself reversed -----------------------------------

CREATE TRIGGER a_reversal_is_final BEFORE INSERT ON journal
WHEN NEW.reverses IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM journal WHERE id = NEW.reverses AND reverses IS NULL AND season_id = NEW.season_id AND kind = NEW.kind)
BEGIN SELECT RAISE(ABORT, 'only an entry of the same season and kind that reverses nothing can be reversed'); END;

CREATE TRIGGER a_reversal_moves_back BEFORE INSERT ON box_moves
WHEN (SELECT reverses FROM journal WHERE id = NEW.entry_id) IS NOT NULL AND (
    SELECT count(*) FROM journal JOIN box_moves AS first ON first.entry_id = journal.reverses
     WHERE journal.id = NEW.entry_id AND first.product_id = NEW.product_id AND first.boxes = NEW.boxes
       AND first.from_place = NEW.to_place AND first.to_place = NEW.from_place)
 <= (SELECT count(*) FROM box_moves AS back
      WHERE back.entry_id = NEW.entry_id AND back.product_id = NEW.product_id AND back.boxes = NEW.boxes
        AND back.from_place = NEW.from_place AND back.to_place = NEW.to_place)
BEGIN SELECT RAISE(ABORT, 'a reversal moves the same boxes back'); END;

CREATE TRIGGER a_reversal_pays_back BEFORE INSERT ON money_entries
WHEN (SELECT reverses FROM journal WHERE id = NEW.entry_id) IS NOT NULL AND (
    SELECT count(*) FROM journal JOIN money_entries AS first ON first.entry_id = journal.reverses
     WHERE journal.id = NEW.entry_id AND first.cents = NEW.cents AND first.product_id IS NEW.product_id
       AND first.boxes IS NEW.boxes AND first.debit = NEW.credit AND first.credit = NEW.debit)
 <= (SELECT count(*) FROM money_entries AS back
      WHERE back.entry_id = NEW.entry_id AND back.cents = NEW.cents AND back.product_id IS NEW.product_id
        AND back.boxes IS NEW.boxes AND back.debit = NEW.debit AND back.credit = NEW.credit)
BEGIN SELECT RAISE(ABORT, 'a reversal pays the same cents back'); END;

CREATE TRIGGER a_reversal_takes_credit_back BEFORE INSERT ON credits
WHEN (SELECT reverses FROM journal WHERE id = NEW.entry_id) IS NOT NULL AND (
    SELECT count(*) FROM journal JOIN credits AS first ON first.entry_id = journal.reverses
     WHERE journal.id = NEW.entry_id AND first.scout_id = NEW.scout_id AND first.product_id = NEW.product_id
       AND first.channel = NEW.channel AND first.boxes = -NEW.boxes)
 <= (SELECT count(*) FROM credits AS back
      WHERE back.entry_id = NEW.entry_id AND back.scout_id = NEW.scout_id AND back.product_id = NEW.product_id
        AND back.channel = NEW.channel AND back.boxes = NEW.boxes)
BEGIN SELECT RAISE(ABORT, 'a reversal takes the same credit back'); END;

CREATE TRIGGER a_divided_booth_keeps_its_sale BEFORE INSERT ON journal
WHEN NEW.reverses IS NOT NULL AND NEW.kind = 'booth_sale' AND EXISTS (
    SELECT 1 FROM journal AS credit WHERE credit.booth_id = NEW.booth_id AND credit.kind = 'booth_credit' AND credit.reverses IS NULL
       AND NOT EXISTS (SELECT 1 FROM journal AS later WHERE later.reverses = credit.id))
BEGIN SELECT RAISE(ABORT, 'a booth credits no more than it sold: take the credit back first'); END;

-- Cookie Share is paid for and never handled --------------------------------------------------------------------------

CREATE TRIGGER virtual_boxes_do_not_move BEFORE INSERT ON box_moves
WHEN (SELECT is_virtual FROM products WHERE id = NEW.product_id) = 1
BEGIN SELECT RAISE(ABORT, 'Cookie Share has no boxes to move'); END;

CREATE TRIGGER a_product_keeps_its_nature BEFORE UPDATE OF is_virtual, season_id ON products
WHEN (NEW.is_virtual <> OLD.is_virtual OR NEW.season_id <> OLD.season_id)
 AND EXISTS (SELECT 1 FROM order_lines WHERE product_id = OLD.id UNION ALL SELECT 1 FROM box_moves WHERE product_id = OLD.id
             UNION ALL SELECT 1 FROM money_entries WHERE product_id = OLD.id UNION ALL SELECT 1 FROM credits WHERE product_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'a cookie that was sold keeps its season and its kind'); END;

-- What is posted belongs to the entry's season ------------------------------------------------------------------------

CREATE TRIGGER an_entry_stays_in_its_season BEFORE INSERT ON journal
WHEN NEW.season_id <> (SELECT season_id FROM orders WHERE id = NEW.order_id)
  OR NEW.season_id <> (SELECT season_id FROM booths WHERE id = NEW.booth_id)
  OR NEW.season_id <> (SELECT season_id FROM counts WHERE id = NEW.count_id)
  OR NEW.season_id <> (SELECT season_id FROM import_batches WHERE id = NEW.batch_id)
BEGIN SELECT RAISE(ABORT, 'that belongs to another season'); END;

CREATE TRIGGER a_sale_keeps_its_season BEFORE UPDATE OF season_id ON orders WHEN NEW.season_id <> OLD.season_id
BEGIN SELECT RAISE(ABORT, 'a sale keeps its season'); END;

CREATE TRIGGER a_booth_keeps_its_season BEFORE UPDATE OF season_id ON booths WHEN NEW.season_id <> OLD.season_id
BEGIN SELECT RAISE(ABORT, 'a booth keeps its season'); END;

CREATE TRIGGER names_stay_in_their_season BEFORE INSERT ON product_names
WHEN (SELECT season_id FROM products WHERE id = NEW.product_id) <> NEW.season_id
BEGIN SELECT RAISE(ABORT, 'that cookie belongs to another season'); END;

CREATE TRIGGER money_stays_in_its_season BEFORE INSERT ON money_entries
WHEN (SELECT season_id FROM products WHERE id = NEW.product_id) <> (SELECT season_id FROM journal WHERE id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'that cookie belongs to another season'); END;

CREATE TRIGGER moves_stay_in_their_season BEFORE INSERT ON box_moves
WHEN (SELECT season_id FROM products WHERE id = NEW.product_id) <> (SELECT season_id FROM journal WHERE id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'that cookie belongs to another season'); END;

CREATE TRIGGER credits_stay_in_their_season BEFORE INSERT ON credits
WHEN (SELECT season_id FROM products WHERE id = NEW.product_id) <> (SELECT season_id FROM journal WHERE id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'that cookie belongs to another season'); END;

CREATE TRIGGER lines_stay_in_their_season BEFORE INSERT ON order_lines
WHEN (SELECT season_id FROM products WHERE id = NEW.product_id) <> (SELECT season_id FROM orders WHERE id = NEW.order_id)
BEGIN SELECT RAISE(ABORT, 'that cookie belongs to another season'); END;

------------------------------------------------------------------------------------------------------------------------
-- Booths closed and shared out                                                                             domain/booths
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE booth_midcounts (                   -- boxes left on the table at a change of shift, so that each stretch is shared out
    booth_id    INTEGER NOT NULL REFERENCES booths,
    counted_at  TEXT NOT NULL CHECK (counted_at IS strftime('%Y-%m-%dT%H:%M:%SZ', counted_at)),
    product_id  INTEGER NOT NULL REFERENCES products,
    boxes       INTEGER NOT NULL CHECK (boxes BETWEEN 0 AND 100000),
    PRIMARY KEY (booth_id, counted_at, product_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE booth_closings (                    -- a booth as it was counted at its end; reopened ones stay
    id              INTEGER PRIMARY KEY,
    booth_id        INTEGER NOT NULL REFERENCES booths,
    entry_id        INTEGER NOT NULL REFERENCES journal,                           -- its booth_sale
    closed_at       TEXT NOT NULL CHECK (closed_at IS strftime('%Y-%m-%dT%H:%M:%SZ', closed_at)),
    closed_by       INTEGER REFERENCES accounts,
    start_cents     INTEGER NOT NULL CHECK (start_cents BETWEEN 0 AND 10000000),   -- the float
    drops_cents     INTEGER NOT NULL CHECK (drops_cents BETWEEN 0 AND 10000000),   -- taken away for safety before the end
    end_cents       INTEGER NOT NULL CHECK (end_cents BETWEEN 0 AND 10000000),     -- cash in the box at the end, float and all
    checks_cents    INTEGER NOT NULL CHECK (checks_cents BETWEEN 0 AND 10000000),
    cards_cents     INTEGER NOT NULL CHECK (cards_cents BETWEEN 0 AND 10000000),   -- the council's cards: it holds the money
    apps_cents      INTEGER NOT NULL CHECK (apps_cents BETWEEN 0 AND 10000000),    -- the troop's own reader and apps: its bank
    expected_cents  INTEGER NOT NULL CHECK (expected_cents BETWEEN 0 AND 1000000000),
    cash            TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(cash)),           -- pieces by denomination in cents
    reason          TEXT CHECK (reason IN ('wrong_change', 'promotion', 'unpaid_box', 'tip', 'miscount', 'counterfeit', 'price_error', 'other')),
    signed_by       INTEGER REFERENCES accounts,                                   -- the second adult who counted
    signed_at       TEXT CHECK (signed_at IS strftime('%Y-%m-%dT%H:%M:%SZ', signed_at)),
    reopened_at     TEXT CHECK (reopened_at IS strftime('%Y-%m-%dT%H:%M:%SZ', reopened_at)),
    CHECK (signed_by <> closed_by)
) STRICT;
CREATE UNIQUE INDEX a_booth_is_closed_once ON booth_closings (booth_id) WHERE reopened_at IS NULL;

CREATE TABLE booth_closing_lines (               -- brought: load-out and top-ups; none: Cookie Share, which is only tallied
    closing_id  INTEGER NOT NULL REFERENCES booth_closings,
    product_id  INTEGER NOT NULL REFERENCES products,
    brought     INTEGER CHECK (brought BETWEEN 0 AND 100000),
    remaining   INTEGER NOT NULL CHECK (remaining BETWEEN 0 AND 100000),
    damaged     INTEGER NOT NULL CHECK (damaged BETWEEN 0 AND 100000),
    donated     INTEGER NOT NULL CHECK (donated BETWEEN 0 AND 100000),
    sold        INTEGER NOT NULL CHECK (sold BETWEEN 0 AND 100000),
    PRIMARY KEY (closing_id, product_id),
    CHECK (sold = brought - remaining - damaged - donated)
) STRICT, WITHOUT ROWID;

CREATE TABLE booth_closing_entries (             -- all that a closing posted, so that reopening takes all of it back
    entry_id    INTEGER PRIMARY KEY REFERENCES journal,
    closing_id  INTEGER NOT NULL REFERENCES booth_closings
) STRICT;
CREATE INDEX booth_closing_entries_by_closing ON booth_closing_entries (closing_id);

CREATE TRIGGER a_closing_keeps_its_figures BEFORE UPDATE OF id, booth_id, entry_id, closed_at, closed_by, start_cents, drops_cents,
    end_cents, checks_cents, cards_cents, apps_cents, expected_cents, cash, reason ON booth_closings
BEGIN SELECT RAISE(ABORT, 'a closing is what two adults counted: reopen the booth'); END;
CREATE TRIGGER a_signature_stays BEFORE UPDATE OF signed_by, signed_at ON booth_closings WHEN OLD.signed_by IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a signature stays'); END;
CREATE TRIGGER a_booth_is_counted_by_a_closing BEFORE UPDATE OF status ON booths
WHEN NEW.status IN ('counted', 'reconciled', 'credited', 'closed')
 AND NOT EXISTS (SELECT 1 FROM booth_closings WHERE booth_id = NEW.id AND reopened_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'a booth is counted by its closing'); END;
CREATE TRIGGER a_counted_booth_stays_so BEFORE UPDATE OF status ON booths
WHEN OLD.status IN ('counted', 'reconciled', 'credited', 'closed') AND NEW.status = 'open'
 AND EXISTS (SELECT 1 FROM booth_closings WHERE booth_id = NEW.id AND reopened_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'a booth is counted as long as its closing stands'); END;
CREATE TRIGGER a_divided_booth_stays_so BEFORE UPDATE OF status ON booths
WHEN NEW.status NOT IN ('credited', 'closed') AND OLD.status <> NEW.status AND EXISTS (
    SELECT 1 FROM journal AS credit WHERE credit.booth_id = NEW.id AND credit.kind = 'booth_credit' AND credit.reverses IS NULL
       AND NOT EXISTS (SELECT 1 FROM journal AS later WHERE later.reverses = credit.id))
BEGIN SELECT RAISE(ABORT, 'a booth is credited as long as its credit stands'); END;
CREATE TRIGGER a_credited_booth_has_its_credit BEFORE UPDATE OF status ON booths
WHEN NEW.status = 'credited' AND NOT EXISTS (
    SELECT 1 FROM journal AS credit WHERE credit.booth_id = NEW.id AND credit.kind = 'booth_credit' AND credit.reverses IS NULL
       AND NOT EXISTS (SELECT 1 FROM journal AS later WHERE later.reverses = credit.id))
BEGIN SELECT RAISE(ABORT, 'a booth is credited by its credit'); END;
CREATE TRIGGER a_booth_is_divided_once BEFORE INSERT ON journal
WHEN NEW.kind = 'booth_credit' AND NEW.reverses IS NULL AND EXISTS (
    SELECT 1 FROM journal AS credit WHERE credit.booth_id = NEW.booth_id AND credit.kind = 'booth_credit' AND credit.reverses IS NULL
       AND NOT EXISTS (SELECT 1 FROM journal AS later WHERE later.reverses = credit.id))
BEGIN SELECT RAISE(ABORT, 'a booth is divided once'); END;
CREATE TRIGGER closings_stay BEFORE DELETE ON booth_closings
BEGIN SELECT RAISE(ABORT, 'a closing is what two adults counted: reopen the booth'); END;
CREATE TRIGGER closing_lines_are_kept BEFORE UPDATE ON booth_closing_lines
BEGIN SELECT RAISE(ABORT, 'a closing is what two adults counted: reopen the booth'); END;
CREATE TRIGGER closing_lines_stay BEFORE DELETE ON booth_closing_lines
BEGIN SELECT RAISE(ABORT, 'a closing is what two adults counted: reopen the booth'); END;

CREATE TABLE booth_divisions (                   -- how packages were shared out; it counts as long as its entry stands
    entry_id  INTEGER PRIMARY KEY REFERENCES journal,
    way       TEXT NOT NULL CHECK (way IN ('even', 'minutes', 'segments', 'sales', 'hand', 'pool', 'one'))
) STRICT;

CREATE TABLE booth_shares (                      -- why a girl got what she got; fractions of packages as 92/5
    entry_id      INTEGER NOT NULL REFERENCES booth_divisions,
    scout_id      INTEGER NOT NULL REFERENCES scouts,
    minutes       INTEGER NOT NULL CHECK (minutes BETWEEN 0 AND 1000000),
    ideal         TEXT NOT NULL CHECK (length(ideal) BETWEEN 1 AND 200),
    carry_before  TEXT NOT NULL CHECK (length(carry_before) BETWEEN 1 AND 2000),
    PRIMARY KEY (entry_id, scout_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER shares_are_kept BEFORE UPDATE ON booth_shares BEGIN SELECT RAISE(ABORT, 'credit is never edited'); END;
CREATE TRIGGER shares_stay     BEFORE DELETE ON booth_shares BEGIN SELECT RAISE(ABORT, 'credit is never edited'); END;

CREATE TABLE booth_sheets (                      -- sheets typed in or brought as files, as they were read
    id         INTEGER PRIMARY KEY,
    season_id  INTEGER NOT NULL REFERENCES seasons,
    booth_id   INTEGER REFERENCES booths,
    file_name  TEXT NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    sha256     TEXT NOT NULL CHECK (length(sha256) = 64),
    said       TEXT NOT NULL CHECK (json_valid(said)),
    kept_at    TEXT NOT NULL CHECK (kept_at IS strftime('%Y-%m-%dT%H:%M:%SZ', kept_at)),
    kept_by    INTEGER REFERENCES accounts
) STRICT;
CREATE UNIQUE INDEX a_sheet_is_kept_once ON booth_sheets (season_id, sha256);
CREATE INDEX booth_sheets_by_booth ON booth_sheets (booth_id);

CREATE TABLE booth_entries (                     -- what phones tapped in at a booth, each kept once however often it is sent
    id              INTEGER PRIMARY KEY,
    booth_id        INTEGER NOT NULL REFERENCES booths,
    uid             TEXT NOT NULL CHECK (length(uid) = 32),                       -- made by the phone that wrote it
    sha256          TEXT NOT NULL CHECK (length(sha256) = 64),                    -- of all that it says
    device          TEXT NOT NULL CHECK (length(device) BETWEEN 1 AND 32),
    counter         INTEGER NOT NULL CHECK (counter BETWEEN 0 AND 1000000000),    -- its place among those of that phone
    captured_at     TEXT NOT NULL CHECK (captured_at IS strftime('%Y-%m-%dT%H:%M:%SZ', captured_at)),      -- by the phone's clock
    happened_at     TEXT NOT NULL CHECK (happened_at IS strftime('%Y-%m-%dT%H:%M:%SZ', happened_at)),      -- by ours
    received_at     TEXT NOT NULL CHECK (received_at IS strftime('%Y-%m-%dT%H:%M:%SZ', received_at)),
    sent_by         INTEGER REFERENCES accounts,
    kind            TEXT NOT NULL CHECK (kind IN ('sale', 'undo', 'midcount', 'close', 'sign')),
    pay             TEXT CHECK (pay IN ('cash', 'card', 'other')),
    undoes          TEXT CHECK (length(undoes) = 32),                             -- the uid of a sale, which may still be on its way
    said            TEXT NOT NULL CHECK (json_valid(said)),
    state           TEXT NOT NULL CHECK (state IN ('taken', 'flagged', 'accepted', 'left_out')),
    flag            TEXT CHECK (flag IN                                           -- why a person decides
                        ('other_content', 'unknown_cookie', 'not_sold', 'after_closing', 'late_share', 'contradicts', 'refused', 'early')),
    trouble         TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(trouble)),       -- the sentence it was refused with
    settled_by      INTEGER REFERENCES accounts,
    settled_at      TEXT CHECK (settled_at IS strftime('%Y-%m-%dT%H:%M:%SZ', settled_at)),
    CHECK ((kind = 'sale') = (pay IS NOT NULL)),
    CHECK ((kind = 'undo') = (undoes IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX an_entry_is_kept_once ON booth_entries (uid, sha256);
CREATE UNIQUE INDEX an_entry_counts_once ON booth_entries (uid) WHERE state IN ('taken', 'accepted');
CREATE INDEX booth_entries_by_booth ON booth_entries (booth_id, happened_at);
CREATE INDEX booth_entries_undone ON booth_entries (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX booth_entries_flagged ON booth_entries (booth_id) WHERE state = 'flagged';

CREATE TABLE booth_entry_lines (                 -- a sale's packages, as far as its cookies are known
    entry_id     INTEGER NOT NULL REFERENCES booth_entries,
    product_id   INTEGER NOT NULL REFERENCES products,
    boxes        INTEGER NOT NULL CHECK (boxes BETWEEN 1 AND 100000),
    price_cents  INTEGER NOT NULL CHECK (price_cents BETWEEN 1 AND 10000),
    PRIMARY KEY (entry_id, product_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entries_are_kept BEFORE UPDATE OF id, booth_id, uid, sha256, device, counter, captured_at, happened_at, received_at, sent_by,
    kind, pay, undoes, said, flag, trouble ON booth_entries
BEGIN SELECT RAISE(ABORT, 'an entry is what somebody tapped in'); END;
CREATE TRIGGER entries_stay BEFORE DELETE ON booth_entries
BEGIN SELECT RAISE(ABORT, 'an entry is what somebody tapped in'); END;
CREATE TRIGGER entry_lines_are_kept BEFORE UPDATE ON booth_entry_lines
BEGIN SELECT RAISE(ABORT, 'an entry is what somebody tapped in'); END;
CREATE TRIGGER entry_lines_stay BEFORE DELETE ON booth_entry_lines
BEGIN SELECT RAISE(ABORT, 'an entry is what somebody tapped in'); END;

CREATE VIEW standing_booth_sales AS              -- sales tapped in that count: not undone, not waiting for a decision, not left out
    SELECT id, booth_id, uid, device, happened_at, pay FROM booth_entries AS sale
     WHERE kind = 'sale' AND state IN ('taken', 'accepted') AND NOT EXISTS (
           SELECT 1 FROM booth_entries AS undo
            WHERE undo.undoes = sale.uid AND undo.booth_id = sale.booth_id AND undo.state IN ('taken', 'accepted'));

CREATE VIEW booth_tallies AS                     -- their packages and cents; the count at the end says what was really sold
    SELECT booth_id, device, pay, product_id, sum(boxes) AS boxes, sum(boxes * price_cents) AS cents
      FROM standing_booth_sales JOIN booth_entry_lines ON entry_id = standing_booth_sales.id
     GROUP BY booth_id, device, pay, product_id;

------------------------------------------------------------------------------------------------------------------------
-- Counts: what somebody saw on a shelf. A count changes nothing; its difference is explained by an entry   domain/inventory
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE counts (
    id            INTEGER PRIMARY KEY,
    season_id     INTEGER NOT NULL REFERENCES seasons,
    place_id      INTEGER NOT NULL REFERENCES places,
    counted_at    TEXT NOT NULL CHECK (counted_at IS strftime('%Y-%m-%dT%H:%M:%SZ', counted_at)),
    counted_by    INTEGER REFERENCES accounts,
    note          TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 500)
) STRICT;
CREATE INDEX counts_by_place ON counts (season_id, place_id, id);

CREATE TABLE count_lines (
    count_id    INTEGER NOT NULL REFERENCES counts,
    product_id  INTEGER NOT NULL REFERENCES products,
    boxes       INTEGER NOT NULL CHECK (boxes BETWEEN 0 AND 100000),
    expected    INTEGER NOT NULL,                -- what the ledger said at that moment
    PRIMARY KEY (count_id, product_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER virtual_boxes_are_not_counted BEFORE INSERT ON count_lines
WHEN (SELECT is_virtual FROM products WHERE id = NEW.product_id) = 1
BEGIN SELECT RAISE(ABORT, 'Cookie Share has no boxes to count'); END;

CREATE TRIGGER counts_stay_in_their_season BEFORE INSERT ON count_lines
WHEN (SELECT season_id FROM products WHERE id = NEW.product_id) <> (SELECT season_id FROM counts WHERE id = NEW.count_id)
BEGIN SELECT RAISE(ABORT, 'that cookie belongs to another season'); END;

CREATE TRIGGER counts_are_kept BEFORE UPDATE ON count_lines BEGIN SELECT RAISE(ABORT, 'a count is what somebody saw'); END;
CREATE TRIGGER counts_stay     BEFORE DELETE ON count_lines BEGIN SELECT RAISE(ABORT, 'a count is what somebody saw'); END;

------------------------------------------------------------------------------------------------------------------------
-- Orders to the cupboard, what was really loaded, and what the council is asked about it                  domain/inventory
--
-- An order moves no box. A receipt is a pick-up in the journal: its boxes are those of its entry and stand nowhere else.
-- A claim is a question to the council: whatever becomes of it, it moves no box and no cent.
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE cupboard_orders (
    id            INTEGER PRIMARY KEY,
    season_id     INTEGER NOT NULL REFERENCES seasons,
    kind          TEXT NOT NULL CHECK (kind IN ('initial', 'planned', 'extra')),
    cupboard      TEXT NOT NULL DEFAULT '' CHECK (length(cupboard) <= 80),       -- where it is fetched
    reference     TEXT NOT NULL DEFAULT '' CHECK (length(reference) <= 80),      -- the council's own number of it
    note          TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    cut_off_on    TEXT CHECK (cut_off_on IS date(cut_off_on)),                   -- the last day on which it can be placed
    cut_off_time  TEXT CHECK (cut_off_time IS strftime('%H:%M', cut_off_time)),  -- until then on that day, by the troop's clock
    pick_up_on    TEXT CHECK (pick_up_on IS date(pick_up_on)),
    made_at       TEXT NOT NULL CHECK (made_at IS strftime('%Y-%m-%dT%H:%M:%SZ', made_at)),
    made_by       INTEGER REFERENCES accounts,
    placed_on     TEXT CHECK (placed_on IS date(placed_on)),                     -- none: a draft
    placed_by     INTEGER REFERENCES accounts,
    cancelled_on  TEXT CHECK (cancelled_on IS date(cancelled_on)),
    no_show_on    TEXT CHECK (no_show_on IS date(no_show_on)),                   -- nobody fetched it
    closed_after  INTEGER REFERENCES cupboard_receipts,                          -- after this one nothing more comes
    version       INTEGER NOT NULL DEFAULT 1,                                    -- raised by each change: two open tabs
    CHECK (closed_after IS NULL OR placed_on IS NOT NULL),
    CHECK (cut_off_time IS NULL OR cut_off_on IS NOT NULL),
    CHECK (no_show_on IS NULL OR (kind <> 'initial' AND placed_on IS NOT NULL AND cancelled_on IS NULL)),
    CHECK (cut_off_on IS NULL OR pick_up_on IS NULL OR cut_off_on <= pick_up_on)
) STRICT;
CREATE UNIQUE INDEX one_initial_order ON cupboard_orders (season_id) WHERE kind = 'initial' AND cancelled_on IS NULL;

CREATE TABLE cupboard_order_lines (
    order_id     INTEGER NOT NULL REFERENCES cupboard_orders ON DELETE CASCADE,
    product_id   INTEGER NOT NULL REFERENCES products,
    wished       INTEGER NOT NULL CHECK (wished BETWEEN 1 AND 100000),           -- before it was rounded to whole cases
    boxes        INTEGER NOT NULL CHECK (boxes BETWEEN 1 AND 100000),
    price_cents  INTEGER NOT NULL CHECK (price_cents BETWEEN 1 AND 10000),       -- copied when it was written
    PRIMARY KEY (order_id, product_id),
    CHECK (boxes >= wished)
) STRICT, WITHOUT ROWID;

CREATE TABLE cupboard_wishes (                   -- who wishes what of an initial order: the girls, and extras of the troop's own
    order_id    INTEGER NOT NULL REFERENCES cupboard_orders ON DELETE CASCADE,
    scout_id    INTEGER REFERENCES scouts,
    extra       TEXT CHECK (extra IN ('booths', 'other')),
    product_id  INTEGER NOT NULL REFERENCES products,
    boxes       INTEGER NOT NULL CHECK (boxes BETWEEN 1 AND 100000),
    CHECK ((scout_id IS NULL) = (extra IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX one_wish_of_a_cookie ON cupboard_wishes (order_id, ifnull(scout_id, 0), ifnull(extra, ''), product_id);

CREATE TABLE cupboard_receipts (                 -- two people counted what was loaded
    id                INTEGER PRIMARY KEY,
    order_id          INTEGER NOT NULL REFERENCES cupboard_orders,
    entry_id          INTEGER NOT NULL UNIQUE REFERENCES journal,
    damaged_entry_id  INTEGER UNIQUE REFERENCES journal,                         -- boxes that were damaged on arrival
    counted_by        TEXT NOT NULL CHECK (length(counted_by) BETWEEN 1 AND 80),
    checked_by        TEXT NOT NULL CHECK (length(checked_by) BETWEEN 1 AND 80),
    CHECK (lower(counted_by) <> lower(checked_by)),
    CHECK (entry_id <> damaged_entry_id)
) STRICT;
CREATE INDEX cupboard_receipts_by_order ON cupboard_receipts (order_id, id);

CREATE TABLE claims (
    id              INTEGER PRIMARY KEY,
    receipt_id      INTEGER NOT NULL REFERENCES cupboard_receipts,
    product_id      INTEGER NOT NULL REFERENCES products,
    kind            TEXT NOT NULL CHECK (kind IN ('missing', 'surplus', 'damaged')),
    boxes           INTEGER NOT NULL CHECK (boxes BETWEEN 1 AND 100000),
    price_cents     INTEGER NOT NULL CHECK (price_cents BETWEEN 1 AND 10000),
    made_at         TEXT NOT NULL CHECK (made_at IS strftime('%Y-%m-%dT%H:%M:%SZ', made_at)),
    told_on         TEXT CHECK (told_on IS date(told_on)),
    told_reference  TEXT NOT NULL DEFAULT '' CHECK (length(told_reference) <= 80),
    settled_on      TEXT CHECK (settled_on IS date(settled_on)),
    outcome         TEXT CHECK (outcome IN ('credited', 'delivered', 'rejected', 'waived')),
    settled_note    TEXT NOT NULL DEFAULT '' CHECK (length(settled_note) <= 500),
    version         INTEGER NOT NULL DEFAULT 1,
    UNIQUE (receipt_id, product_id, kind),
    CHECK ((settled_on IS NULL) = (outcome IS NULL)),
    CHECK (outcome IS NULL OR outcome = 'waived' OR told_on IS NOT NULL),        -- only what was told can be answered
    CHECK (settled_on >= told_on)
) STRICT;

CREATE TRIGGER ordered_boxes_stay_in_their_season BEFORE INSERT ON cupboard_order_lines
WHEN (SELECT season_id FROM products WHERE id = NEW.product_id) <> (SELECT season_id FROM cupboard_orders WHERE id = NEW.order_id)
BEGIN SELECT RAISE(ABORT, 'that cookie belongs to another season'); END;

CREATE TRIGGER virtual_boxes_are_not_ordered BEFORE INSERT ON cupboard_order_lines
WHEN (SELECT is_virtual FROM products WHERE id = NEW.product_id) = 1
BEGIN SELECT RAISE(ABORT, 'Cookie Share has no boxes to order'); END;

CREATE TRIGGER a_placed_order_gains_no_line BEFORE INSERT ON cupboard_order_lines
WHEN (SELECT ifnull(placed_on, cancelled_on) FROM cupboard_orders WHERE id = NEW.order_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an order that was placed keeps its lines'); END;

CREATE TRIGGER a_placed_order_loses_no_line BEFORE DELETE ON cupboard_order_lines
WHEN (SELECT ifnull(placed_on, cancelled_on) FROM cupboard_orders WHERE id = OLD.order_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an order that was placed keeps its lines'); END;

CREATE TRIGGER a_wish_is_of_a_draft BEFORE INSERT ON cupboard_wishes
WHEN (SELECT kind <> 'initial' OR placed_on IS NOT NULL OR cancelled_on IS NOT NULL
             OR season_id <> (SELECT season_id FROM products WHERE id = NEW.product_id) FROM cupboard_orders WHERE id = NEW.order_id)
BEGIN SELECT RAISE(ABORT, 'wishes belong to the draft of an initial order of the same season'); END;

CREATE TRIGGER a_virtual_box_is_not_wished BEFORE INSERT ON cupboard_wishes
WHEN (SELECT is_virtual FROM products WHERE id = NEW.product_id) = 1
BEGIN SELECT RAISE(ABORT, 'Cookie Share has no boxes to order'); END;

CREATE TRIGGER a_placed_order_loses_no_wish BEFORE DELETE ON cupboard_wishes
WHEN (SELECT ifnull(placed_on, cancelled_on) FROM cupboard_orders WHERE id = OLD.order_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an order that was placed keeps its wishes'); END;

CREATE TRIGGER wishes_are_replaced BEFORE UPDATE ON cupboard_wishes
BEGIN SELECT RAISE(ABORT, 'a wish is deleted and written again'); END;

CREATE TRIGGER ordered_lines_are_replaced BEFORE UPDATE ON cupboard_order_lines
BEGIN SELECT RAISE(ABORT, 'a line is deleted and written again'); END;

CREATE TRIGGER an_order_keeps_its_season BEFORE UPDATE OF season_id ON cupboard_orders WHEN NEW.season_id <> OLD.season_id
BEGIN SELECT RAISE(ABORT, 'an order keeps its season'); END;

CREATE TRIGGER orders_are_kept BEFORE DELETE ON cupboard_orders
WHEN OLD.placed_on IS NOT NULL OR OLD.cancelled_on IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an order that was placed stays'); END;

CREATE TRIGGER what_was_received_was_ordered BEFORE UPDATE OF placed_on, cancelled_on, no_show_on ON cupboard_orders
WHEN (NEW.placed_on IS NULL OR NEW.cancelled_on IS NOT NULL OR NEW.no_show_on IS NOT NULL)
 AND EXISTS (SELECT 1 FROM cupboard_receipts WHERE order_id = OLD.id
                AND NOT EXISTS (SELECT 1 FROM journal AS later WHERE later.reverses = entry_id))
BEGIN SELECT RAISE(ABORT, 'boxes of this order were received: take the receipt back first'); END;

CREATE TRIGGER an_order_is_closed_by_its_own_receipt BEFORE UPDATE OF closed_after ON cupboard_orders
WHEN (SELECT order_id FROM cupboard_receipts WHERE id = NEW.closed_after) <> OLD.id
BEGIN SELECT RAISE(ABORT, 'that receipt belongs to another order'); END;

CREATE TRIGGER a_receipt_is_a_pick_up BEFORE INSERT ON cupboard_receipts
WHEN (SELECT placed_on IS NULL OR cancelled_on IS NOT NULL OR no_show_on IS NOT NULL FROM cupboard_orders WHERE id = NEW.order_id)
  OR (SELECT kind <> 'C2T' OR reverses IS NOT NULL OR season_id <> (SELECT season_id FROM cupboard_orders WHERE id = NEW.order_id)
        FROM journal WHERE id = NEW.entry_id)
  OR (SELECT kind <> 'DAMAGED' OR reverses IS NOT NULL OR season_id <> (SELECT season_id FROM cupboard_orders WHERE id = NEW.order_id)
        FROM journal WHERE id = NEW.damaged_entry_id)
BEGIN SELECT RAISE(ABORT, 'a receipt is a pick-up of a placed order of the same season'); END;

CREATE TRIGGER receipts_are_kept BEFORE UPDATE ON cupboard_receipts BEGIN SELECT RAISE(ABORT, 'a receipt is never edited'); END;
CREATE TRIGGER receipts_stay     BEFORE DELETE ON cupboard_receipts BEGIN SELECT RAISE(ABORT, 'a receipt is never edited'); END;

CREATE TRIGGER claims_stay_in_their_season BEFORE INSERT ON claims
WHEN (SELECT season_id FROM products WHERE id = NEW.product_id) <>
     (SELECT season_id FROM cupboard_receipts JOIN journal ON journal.id = entry_id WHERE cupboard_receipts.id = NEW.receipt_id)
BEGIN SELECT RAISE(ABORT, 'that cookie belongs to another season'); END;

CREATE TRIGGER a_claim_keeps_what_it_says BEFORE UPDATE ON claims
WHEN NEW.receipt_id <> OLD.receipt_id OR NEW.product_id <> OLD.product_id OR NEW.kind <> OLD.kind OR NEW.boxes <> OLD.boxes
  OR NEW.price_cents <> OLD.price_cents OR NEW.made_at <> OLD.made_at
BEGIN SELECT RAISE(ABORT, 'a claim keeps what it says'); END;
CREATE TRIGGER claims_stay BEFORE DELETE ON claims BEGIN SELECT RAISE(ABORT, 'a claim is settled, never erased'); END;

CREATE VIEW cupboard_standing AS                 -- receipts that were not taken back
    SELECT cupboard_receipts.* FROM cupboard_receipts
     WHERE NOT EXISTS (SELECT 1 FROM journal AS later WHERE later.reverses = entry_id);

CREATE VIEW cupboard_held AS                     -- entries of receipts that cannot be taken back yet: a later receipt of the order
    SELECT entry_id FROM cupboard_standing AS mine                               -- stands, or the boxes it says were damaged
      JOIN journal ON journal.id = entry_id AND batch_id IS NULL                 -- (an import may always correct its own)
     WHERE EXISTS (SELECT 1 FROM cupboard_standing AS later WHERE later.order_id = mine.order_id AND later.id > mine.id)
        OR (damaged_entry_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM journal AS back WHERE back.reverses = mine.damaged_entry_id));

CREATE TRIGGER receipts_are_taken_back_newest_first BEFORE INSERT ON journal
WHEN NEW.reverses IS NOT NULL AND NEW.kind = 'C2T' AND EXISTS (SELECT 1 FROM cupboard_held WHERE entry_id = NEW.reverses)
BEGIN SELECT RAISE(ABORT, 'take back what came after it first'); END;

CREATE VIEW cupboard_figures AS                  -- each order, cookie by cookie: ordered, received, damaged among the received
                                                 -- (CROSS JOIN: begin with the few receipts)
    SELECT order_id, product_id, sum(wished) AS wished, sum(ordered) AS ordered, sum(received) AS received, sum(damaged) AS damaged
      FROM (SELECT order_id, product_id, wished, boxes AS ordered, 0 AS received, 0 AS damaged FROM cupboard_order_lines
             UNION ALL
            SELECT order_id, product_id, 0, 0, boxes, 0
              FROM cupboard_standing CROSS JOIN box_moves ON box_moves.entry_id = cupboard_standing.entry_id
             UNION ALL
            SELECT order_id, product_id, 0, 0, 0, boxes
              FROM cupboard_standing CROSS JOIN box_moves ON box_moves.entry_id = damaged_entry_id
             WHERE NOT EXISTS (SELECT 1 FROM journal AS later WHERE later.reverses = damaged_entry_id))
     GROUP BY order_id, product_id;

CREATE VIEW cupboard_states AS                   -- how far each order is
    SELECT id AS order_id,
           CASE WHEN cancelled_on IS NOT NULL THEN 'cancelled'
                WHEN placed_on IS NULL THEN 'draft'
                WHEN no_show_on IS NOT NULL THEN 'no_show'
                WHEN closed_after IN (SELECT cupboard_standing.id FROM cupboard_standing WHERE order_id = cupboard_orders.id) THEN 'received'
                WHEN EXISTS (SELECT 1 FROM cupboard_standing WHERE order_id = cupboard_orders.id) THEN 'partly_received'
                ELSE 'placed' END AS state
      FROM cupboard_orders;

CREATE VIEW standing_claims AS                   -- claims whose receipt, and whose damaged boxes, were not taken back
    SELECT claims.*, order_id, entry_id, boxes * price_cents AS worth_cents,
           CASE WHEN outcome IS NOT NULL THEN 'settled' WHEN told_on IS NOT NULL THEN 'told' ELSE 'open' END AS state
      FROM claims JOIN cupboard_standing ON cupboard_standing.id = receipt_id
     WHERE kind <> 'damaged' OR NOT EXISTS (SELECT 1 FROM journal AS later WHERE later.reverses = damaged_entry_id);

------------------------------------------------------------------------------------------------------------------------
-- Receipts, deposits, what a family may hold, unpaid balances                                               domain/money
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE receipts (                          -- a hand-out, a return or money handed in, for both sides; void once its entry is taken back
    id            INTEGER PRIMARY KEY,
    season_id     INTEGER NOT NULL REFERENCES seasons,
    number        INTEGER NOT NULL CHECK (number BETWEEN 1 AND 1000000),
    entry_id      INTEGER NOT NULL UNIQUE REFERENCES journal,
    adult         TEXT NOT NULL DEFAULT '' CHECK (length(adult) <= 80),          -- who stood there for the family
    issued_at     TEXT NOT NULL CHECK (issued_at IS strftime('%Y-%m-%dT%H:%M:%SZ', issued_at)),
    issued_by     INTEGER NOT NULL REFERENCES accounts,
    signature     TEXT CHECK (length(signature) BETWEEN 8 AND 16000),            -- strokes of a finger in a field of 600 x 200: M12 30L14 33
    signed_at     TEXT CHECK (signed_at IS strftime('%Y-%m-%dT%H:%M:%SZ', signed_at)),
    confirmed_by  INTEGER REFERENCES accounts,                                   -- or with an account of the family's own
    confirmed_at  TEXT CHECK (confirmed_at IS strftime('%Y-%m-%dT%H:%M:%SZ', confirmed_at)),
    UNIQUE (season_id, number),
    CHECK (signature IS NULL OR signature NOT GLOB '*[^ML0-9 ]*'),
    CHECK ((signature IS NULL) = (signed_at IS NULL)),
    CHECK (signature IS NULL OR adult <> ''),
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CHECK (confirmed_by <> issued_by)
) STRICT;

CREATE TRIGGER receipts_have_no_gap AFTER INSERT ON receipts
WHEN NEW.number <> 1 + ifnull((SELECT max(number) FROM receipts WHERE season_id = NEW.season_id AND id <> NEW.id), 0)
BEGIN SELECT RAISE(ABORT, 'receipts are numbered without a gap'); END;

CREATE TRIGGER a_receipt_is_of_a_family BEFORE INSERT ON receipts
WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.entry_id AND NOT (
         season_id = NEW.season_id AND kind IN ('T2G', 'G2T', 'payment') AND scout_id IS NOT NULL AND reverses IS NULL))
BEGIN SELECT RAISE(ABORT, 'that entry belongs to another season or needs no receipt'); END;

CREATE TRIGGER family_receipts_are_kept BEFORE UPDATE OF id, season_id, number, entry_id, issued_at, issued_by ON receipts
BEGIN SELECT RAISE(ABORT, 'a receipt is never edited'); END;
CREATE TRIGGER family_receipts_stay BEFORE DELETE ON receipts
BEGIN SELECT RAISE(ABORT, 'a receipt is never deleted'); END;
CREATE TRIGGER a_signed_receipt_stays_so BEFORE UPDATE OF adult, signature, signed_at ON receipts WHEN OLD.signature IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a signature stays'); END;
CREATE TRIGGER a_confirmed_receipt_stays_so BEFORE UPDATE OF confirmed_by, confirmed_at ON receipts WHEN OLD.confirmed_by IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a signature stays'); END;
CREATE TRIGGER a_receipt_is_confirmed_by_her_family BEFORE UPDATE OF confirmed_by ON receipts
WHEN NEW.confirmed_by IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM journal JOIN cared_for ON cared_for.scout_id = journal.scout_id JOIN accounts ON accounts.id = account_id
     WHERE journal.id = NEW.entry_id AND account_id = NEW.confirmed_by AND role <> 'scout')
BEGIN SELECT RAISE(ABORT, 'a receipt is confirmed by an adult of her family'); END;
CREATE TRIGGER a_receipt_is_voided_with_a_reason BEFORE INSERT ON journal
WHEN NEW.reverses IS NOT NULL AND NEW.note = '' AND EXISTS (SELECT 1 FROM receipts WHERE entry_id = NEW.reverses)
BEGIN SELECT RAISE(ABORT, 'a receipt is voided with a reason'); END;

CREATE TABLE deposits (                          -- the cash box on its way to the bank: counted by one, verified by another, then banked
    id              INTEGER PRIMARY KEY,
    season_id       INTEGER NOT NULL REFERENCES seasons,
    cash_cents      INTEGER NOT NULL CHECK (cash_cents BETWEEN 0 AND 10000000),
    checks_cents    INTEGER NOT NULL CHECK (checks_cents BETWEEN 0 AND 10000000),
    note            TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    counted_at      TEXT NOT NULL CHECK (counted_at IS strftime('%Y-%m-%dT%H:%M:%SZ', counted_at)),
    counted_by      INTEGER NOT NULL REFERENCES accounts,
    verified_at     TEXT CHECK (verified_at IS strftime('%Y-%m-%dT%H:%M:%SZ', verified_at)),
    verified_by     INTEGER REFERENCES accounts,
    entry_id        INTEGER UNIQUE REFERENCES journal,                           -- none: not at the bank yet
    bank_line       TEXT CHECK (length(bank_line) BETWEEN 1 AND 80),             -- how the bank's statement calls it
    matched_on      TEXT CHECK (matched_on IS date(matched_on)),
    dropped_at      TEXT CHECK (dropped_at IS strftime('%Y-%m-%dT%H:%M:%SZ', dropped_at)),
    CHECK (cash_cents + checks_cents > 0),
    CHECK (verified_by <> counted_by),
    CHECK ((verified_at IS NULL) = (verified_by IS NULL)),
    CHECK (entry_id IS NULL OR verified_by IS NOT NULL),
    CHECK ((bank_line IS NULL) = (matched_on IS NULL)),
    CHECK (bank_line IS NULL OR entry_id IS NOT NULL),
    CHECK (dropped_at IS NULL OR entry_id IS NULL)
) STRICT;
CREATE INDEX deposits_by_season ON deposits (season_id, id);

CREATE TABLE deposit_payments (                  -- the payments that the slip lists
    entry_id    INTEGER PRIMARY KEY REFERENCES journal,
    deposit_id  INTEGER NOT NULL REFERENCES deposits
) STRICT, WITHOUT ROWID;
CREATE INDEX deposit_payments_by_deposit ON deposit_payments (deposit_id);

CREATE TRIGGER a_counted_deposit_keeps_its_figures BEFORE UPDATE OF id, season_id, cash_cents, checks_cents, counted_at, counted_by ON deposits
BEGIN SELECT RAISE(ABORT, 'a counted deposit keeps its figures'); END;
CREATE TRIGGER a_verified_deposit_stays_so BEFORE UPDATE OF verified_at, verified_by ON deposits WHEN OLD.verified_by IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a verified deposit stays so'); END;
CREATE TRIGGER a_deposit_is_banked_as_counted BEFORE UPDATE OF entry_id ON deposits
WHEN NEW.entry_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM journal JOIN money_entries ON money_entries.entry_id = journal.id
     WHERE journal.id = NEW.entry_id AND kind = 'deposit' AND season_id = NEW.season_id AND cents = NEW.cash_cents + NEW.checks_cents)
BEGIN SELECT RAISE(ABORT, 'a deposit is banked as it was counted'); END;
CREATE TRIGGER a_banked_deposit_stays_so BEFORE UPDATE OF entry_id, dropped_at ON deposits WHEN OLD.entry_id IS NOT NULL OR OLD.dropped_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'that deposit is closed'); END;
CREATE TRIGGER deposits_stay BEFORE DELETE ON deposits
BEGIN SELECT RAISE(ABORT, 'a deposit is never deleted'); END;

CREATE TABLE family_limits (                     -- what one family may hold in a season before it is warned about; none: no limit
    season_id    INTEGER PRIMARY KEY REFERENCES seasons,
    cash_cents   INTEGER CHECK (cash_cents BETWEEN 1 AND 10000000),              -- cash she collected and did not hand in
    boxes_cents  INTEGER CHECK (boxes_cents BETWEEN 1 AND 10000000),             -- boxes she holds, at their price
    days         INTEGER CHECK (days BETWEEN 1 AND 120)                          -- days that cash stays with her without a payment
) STRICT;

CREATE TABLE reminders (                         -- what a family was told about what it owes, and when: proof of the attempts
    id           INTEGER PRIMARY KEY,
    season_id    INTEGER NOT NULL REFERENCES seasons,
    scout_id     INTEGER NOT NULL REFERENCES scouts,
    kind         TEXT NOT NULL CHECK (kind IN ('statement', 'reminder', 'call')),
    day          TEXT NOT NULL CHECK (day IS date(day)),
    owed_cents   INTEGER NOT NULL CHECK (owed_cents BETWEEN -10000000 AND 10000000),
    note         TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    sent_by      INTEGER NOT NULL REFERENCES accounts
) STRICT;
CREATE INDEX reminders_by_scout ON reminders (scout_id, season_id);
CREATE TRIGGER reminders_are_kept BEFORE UPDATE ON reminders BEGIN SELECT RAISE(ABORT, 'what was said stays said'); END;
CREATE TRIGGER reminders_stay     BEFORE DELETE ON reminders BEGIN SELECT RAISE(ABORT, 'what was said stays said'); END;

CREATE TABLE unpaid_files (                      -- a family's unpaid balance as it was reported to the council
    id          INTEGER PRIMARY KEY,
    season_id   INTEGER NOT NULL REFERENCES seasons,
    scout_id    INTEGER NOT NULL REFERENCES scouts,
    cents       INTEGER NOT NULL CHECK (cents BETWEEN 1 AND 10000000),
    filed_on    TEXT NOT NULL CHECK (filed_on IS date(filed_on)),
    filed_by    INTEGER NOT NULL REFERENCES accounts,
    reference   TEXT NOT NULL DEFAULT '' CHECK (length(reference) <= 80),
    outcome     TEXT CHECK (outcome IN ('accepted', 'paid', 'withdrawn')),       -- none: the council has not answered
    settled_on  TEXT CHECK (settled_on IS date(settled_on)),
    entry_id    INTEGER UNIQUE REFERENCES journal,                               -- the debt that the council took over or was paid
    CHECK ((outcome IS NULL) = (settled_on IS NULL)),
    CHECK ((ifnull(outcome, '') IN ('accepted', 'paid')) = (entry_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX one_file_of_a_family ON unpaid_files (season_id, scout_id) WHERE outcome IS NULL OR outcome <> 'withdrawn';
CREATE TRIGGER a_file_keeps_its_figures BEFORE UPDATE OF id, season_id, scout_id, cents, filed_on, filed_by ON unpaid_files
BEGIN SELECT RAISE(ABORT, 'a file keeps its figures'); END;
CREATE TRIGGER a_settled_file_stays_so BEFORE UPDATE OF outcome, settled_on, entry_id ON unpaid_files WHEN OLD.outcome IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'that file is settled'); END;
CREATE TRIGGER files_stay BEFORE DELETE ON unpaid_files
BEGIN SELECT RAISE(ABORT, 'a file is never deleted'); END;
CREATE TRIGGER a_filed_family_pays_the_council BEFORE INSERT ON journal
WHEN NEW.kind = 'payment' AND NEW.reverses IS NULL AND EXISTS (
    SELECT 1 FROM unpaid_files WHERE season_id = NEW.season_id AND scout_id = NEW.scout_id AND (outcome IS NULL OR outcome <> 'withdrawn'))
BEGIN SELECT RAISE(ABORT, 'what was reported to the council is paid to the council'); END;

CREATE TABLE agreements (                        -- each month an adult of the family says whether the figures are right
    id             INTEGER PRIMARY KEY,
    season_id      INTEGER NOT NULL REFERENCES seasons,
    scout_id       INTEGER NOT NULL REFERENCES scouts,
    account_id     INTEGER NOT NULL REFERENCES accounts,
    said_on        TEXT NOT NULL CHECK (said_on IS date(said_on)),
    agrees         INTEGER NOT NULL CHECK (agrees IN (0, 1)),
    balance_cents  INTEGER NOT NULL CHECK (balance_cents BETWEEN -10000000 AND 10000000),
    home_boxes     INTEGER NOT NULL CHECK (home_boxes BETWEEN -100000 AND 100000),
    note           TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    CHECK (agrees = 1 OR note <> '')
) STRICT;
CREATE INDEX agreements_by_scout ON agreements (scout_id, season_id, said_on);
CREATE TRIGGER agreements_are_kept BEFORE UPDATE ON agreements BEGIN SELECT RAISE(ABORT, 'what was said stays said'); END;
CREATE TRIGGER agreements_stay     BEFORE DELETE ON agreements BEGIN SELECT RAISE(ABORT, 'what was said stays said'); END;

------------------------------------------------------------------------------------------------------------------------
-- What the council's proceeds plan asks for beyond its base and tiers                                       domain/money
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE proceeds_rules (                    -- how the average of a season is counted, where somebody said so
    season_id    INTEGER PRIMARY KEY REFERENCES seasons ON DELETE CASCADE,
    denominator  TEXT NOT NULL CHECK (denominator IN ('selling', 'registered', 'fixed')),
    fixed_girls  INTEGER NOT NULL DEFAULT 0 CHECK (fixed_girls BETWEEN 0 AND 500),
    rounding     TEXT NOT NULL CHECK (rounding IN ('exact', 'nearest', 'up')),   -- of the average, before tiers are looked up
    numerator    TEXT NOT NULL CHECK (numerator IN ('charged', 'credited')),     -- packages the council charged, or girls have
    most_cents   INTEGER CHECK (most_cents BETWEEN 1 AND 500),                   -- a package brings no more, whatever is earned
    fall_cents   INTEGER NOT NULL DEFAULT 0 CHECK (fall_cents BETWEEN 0 AND 1000000),   -- the fall programme's average a girl
    opted_out    INTEGER NOT NULL DEFAULT 0 CHECK (opted_out IN (0, 1)),         -- the troop takes cents instead of rewards
    CHECK (denominator <> 'fixed' OR fixed_girls > 0)                            -- an average over no girl is none
) STRICT;

CREATE TABLE proceeds_bonuses (                  -- so many cents more for every package where all its conditions hold
    id         INTEGER PRIMARY KEY,
    season_id  INTEGER NOT NULL REFERENCES seasons ON DELETE CASCADE,
    name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    cents      INTEGER NOT NULL CHECK (cents BETWEEN 0 AND 500)                  -- none: a benefit that is no money
) STRICT;
CREATE INDEX proceeds_bonuses_by_season ON proceeds_bonuses (season_id);

CREATE TABLE proceeds_conditions (
    id        INTEGER PRIMARY KEY,
    bonus_id  INTEGER NOT NULL REFERENCES proceeds_bonuses ON DELETE CASCADE,
    kind      TEXT NOT NULL CHECK (kind IN ('pga', 'participation', 'girls_at', 'io_per_girl', 'no_returns', 'fall_pga',
                                            'goc_per_girl', 'online_per_girl', 'opted_out', 'level_from', 'by_hand')),
    least     INTEGER NOT NULL CHECK (least BETWEEN 0 AND 10000),                -- packages, per cent, dollars or a level's place
    boxes     INTEGER CHECK (boxes BETWEEN 1 AND 10000),                         -- of each of so many per cent of the girls
    is_met    INTEGER NOT NULL DEFAULT 0 CHECK (is_met IN (0, 1)),               -- ticked by somebody
    CHECK ((kind = 'girls_at') = (boxes IS NOT NULL)),
    CHECK (kind NOT IN ('girls_at', 'participation') OR least <= 100),
    CHECK (kind <> 'level_from' OR least <= 5),
    CHECK (is_met = 0 OR kind = 'by_hand')                                       -- the box counts everything else itself
) STRICT;
CREATE INDEX proceeds_conditions_by_bonus ON proceeds_conditions (bonus_id);

------------------------------------------------------------------------------------------------------------------------
-- What the council withdraws when, by its own calendar                                             domain/money/sweeps
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE sweep_rules (                       -- one withdrawal of the council's calendar; the cents follow from the ledgers
    id             INTEGER PRIMARY KEY,
    season_id      INTEGER NOT NULL REFERENCES seasons,
    due_on         TEXT NOT NULL CHECK (due_on IS date(due_on)),
    basis          TEXT NOT NULL CHECK (basis IN ('initial_order', 'balance', 'per_package', 'remainder')),
    factor         INTEGER NOT NULL CHECK (factor BETWEEN 0 AND 10000),          -- hundredths of a per cent, or cents a package
    nets_cards     INTEGER NOT NULL CHECK (nets_cards IN (0, 1)),                -- card money the council holds is taken off
    nets_proceeds  INTEGER NOT NULL CHECK (nets_proceeds IN (0, 1)),             -- of an initial order: the troop's share is taken off
    as_of          TEXT CHECK (as_of IS date(as_of)),                            -- the day whose balance counts; none: its own
    least_cents    INTEGER NOT NULL DEFAULT 0 CHECK (least_cents BETWEEN 0 AND 10000000),   -- a withdrawal to try the account
    failed_on      TEXT CHECK (failed_on IS date(failed_on)),                    -- the bank refused it
    entry_id       INTEGER UNIQUE REFERENCES journal,                            -- the withdrawal it became
    UNIQUE (season_id, due_on),
    CHECK (basis = 'remainder' OR factor > 0),
    CHECK (as_of <= due_on),
    CHECK (failed_on IS NULL OR entry_id IS NULL)
) STRICT;
CREATE TRIGGER a_withdrawal_is_of_its_season BEFORE UPDATE OF entry_id, season_id ON sweep_rules
WHEN EXISTS (SELECT 1 FROM journal
              WHERE id = NEW.entry_id AND NOT (kind = 'sweep' AND reverses IS NULL AND season_id = NEW.season_id))
BEGIN SELECT RAISE(ABORT, 'that entry belongs to another season or is no withdrawal'); END;
CREATE TRIGGER a_new_rule_is_not_met_by_another BEFORE INSERT ON sweep_rules
WHEN EXISTS (SELECT 1 FROM journal
              WHERE id = NEW.entry_id AND NOT (kind = 'sweep' AND reverses IS NULL AND season_id = NEW.season_id))
BEGIN SELECT RAISE(ABORT, 'that entry belongs to another season or is no withdrawal'); END;

------------------------------------------------------------------------------------------------------------------------
-- Rewards: the season's ladder, what girls choose, what was handed out, and the troop's own points         domain/rewards
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE reward_ladders (                    -- how a season's ladder is meant
    season_id   INTEGER PRIMARY KEY REFERENCES seasons,
    way         TEXT NOT NULL CHECK (way IN ('cumulative', 'highest')),          -- every step up to hers, or hers alone
    is_example  INTEGER NOT NULL DEFAULT 0 CHECK (is_example IN (0, 1)),         -- made up, to look at
    ordered_on  TEXT CHECK (ordered_on IS date(ordered_on)),                     -- from then on only a leader changes a choice
    credits_until TEXT CHECK (credits_until IS date(credits_until)),             -- the last day on which program credits are worth anything
    credits_least_cents INTEGER NOT NULL DEFAULT 0 CHECK (credits_least_cents BETWEEN 0 AND 10000000),   -- a girl with less cannot use hers
    forfeited_on  TEXT CHECK (forfeited_on IS date(forfeited_on)),               -- from then on what nobody came for is nobody's
    CHECK (forfeited_on > ordered_on)                                            -- nothing is lost before it is ordered
) STRICT;

CREATE TABLE reward_steps (                      -- from so many packages on; a step ends where the next of its kind begins
    id          INTEGER PRIMARY KEY,
    season_id   INTEGER NOT NULL REFERENCES seasons,
    counts      TEXT NOT NULL CHECK (counts IN ('boxes', 'initial_order', 'digital', 'emails', 'sisters')),
                                                 -- credited, of the initial order, sold online; e-mails sent; credited to sisters together
    from_boxes  INTEGER NOT NULL CHECK (from_boxes BETWEEN 1 AND 100000),
    holds       INTEGER NOT NULL DEFAULT 0 CHECK (holds IN (0, 1)),              -- not handed out while her family owes
    UNIQUE (season_id, counts, from_boxes)
) STRICT;

CREATE TABLE reward_items (                      -- what a step brings: one of its choices, and all the others
    id            INTEGER PRIMARY KEY,
    step_id       INTEGER NOT NULL REFERENCES reward_steps ON DELETE CASCADE,
    name          TEXT NOT NULL COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 80),
    is_choice     INTEGER NOT NULL DEFAULT 0 CHECK (is_choice IN (0, 1)),
    is_patch      INTEGER NOT NULL DEFAULT 0 CHECK (is_patch IN (0, 1)),         -- kept also by who opted out
    sizes         TEXT NOT NULL DEFAULT '' CHECK (length(sizes) <= 120),         -- S|M|L
    credit_cents  INTEGER NOT NULL DEFAULT 0 CHECK (credit_cents BETWEEN 0 AND 10000000),
    UNIQUE (step_id, name)
) STRICT;

CREATE TABLE reward_opt_outs (                   -- who takes no rewards of a season but the patches
    season_id  INTEGER NOT NULL REFERENCES seasons,
    scout_id   INTEGER NOT NULL REFERENCES scouts,
    noted_at   TEXT NOT NULL CHECK (noted_at IS strftime('%Y-%m-%dT%H:%M:%SZ', noted_at)),
    noted_by   INTEGER REFERENCES accounts,
    PRIMARY KEY (season_id, scout_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE emails_sent (                       -- e-mails of a girl's Digital Cookie page, as its dashboard says: typed, no file has them
    season_id  INTEGER NOT NULL REFERENCES seasons,
    scout_id   INTEGER NOT NULL REFERENCES scouts,
    emails     INTEGER NOT NULL CHECK (emails BETWEEN 1 AND 100000),
    noted_at   TEXT NOT NULL CHECK (noted_at IS strftime('%Y-%m-%dT%H:%M:%SZ', noted_at)),
    noted_by   INTEGER REFERENCES accounts,
    PRIMARY KEY (season_id, scout_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE reward_choices (                    -- which item a girl takes, in which size
    scout_id   INTEGER NOT NULL REFERENCES scouts,
    item_id    INTEGER NOT NULL REFERENCES reward_items,
    size       TEXT NOT NULL DEFAULT '' CHECK (length(size) <= 12),
    chosen_at  TEXT NOT NULL CHECK (chosen_at IS strftime('%Y-%m-%dT%H:%M:%SZ', chosen_at)),
    chosen_by  INTEGER REFERENCES accounts,
    PRIMARY KEY (scout_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER one_choice_of_a_step BEFORE INSERT ON reward_choices
WHEN (SELECT is_choice FROM reward_items WHERE id = NEW.item_id) = 1 AND EXISTS (
    SELECT 1 FROM reward_choices JOIN reward_items ON reward_items.id = item_id
     WHERE scout_id = NEW.scout_id AND is_choice = 1 AND item_id <> NEW.item_id
       AND step_id = (SELECT step_id FROM reward_items WHERE id = NEW.item_id))
BEGIN SELECT RAISE(ABORT, 'of the choices of a step a girl takes one'); END;

CREATE TABLE reward_receipts (                   -- what was handed out to whom: never deleted, only voided with a reason
    id           INTEGER PRIMARY KEY,
    season_id    INTEGER NOT NULL REFERENCES seasons,
    number       INTEGER NOT NULL CHECK (number BETWEEN 1 AND 100000),
    scout_id     INTEGER NOT NULL REFERENCES scouts,
    received_by  TEXT NOT NULL CHECK (length(received_by) BETWEEN 1 AND 80),     -- the adult who took it
    handed_at    TEXT NOT NULL CHECK (handed_at IS strftime('%Y-%m-%dT%H:%M:%SZ', handed_at)),
    handed_by    INTEGER REFERENCES accounts,
    signature    TEXT CHECK (length(signature) BETWEEN 6 AND 16000),             -- strokes of a finger, as those of receipts
    voided_at    TEXT CHECK (voided_at IS strftime('%Y-%m-%dT%H:%M:%SZ', voided_at)),
    void_reason  TEXT NOT NULL DEFAULT '' CHECK (length(void_reason) <= 200),
    UNIQUE (season_id, number),
    CHECK ((voided_at IS NULL) = (void_reason = ''))
) STRICT;
CREATE INDEX reward_receipts_by_scout ON reward_receipts (scout_id);
CREATE TRIGGER reward_receipts_are_kept BEFORE UPDATE ON reward_receipts
WHEN OLD.voided_at IS NOT NULL
  OR (NEW.id, NEW.season_id, NEW.number, NEW.scout_id, NEW.received_by, NEW.handed_at, NEW.handed_by, NEW.signature)
     IS NOT (OLD.id, OLD.season_id, OLD.number, OLD.scout_id, OLD.received_by, OLD.handed_at, OLD.handed_by, OLD.signature)
BEGIN SELECT RAISE(ABORT, 'a receipt is voided, never edited'); END;
CREATE TRIGGER reward_receipts_stay BEFORE DELETE ON reward_receipts
BEGIN SELECT RAISE(ABORT, 'a receipt is voided, never edited'); END;

CREATE TABLE reward_receipt_lines (
    receipt_id  INTEGER NOT NULL REFERENCES reward_receipts,
    item_id     INTEGER NOT NULL REFERENCES reward_items,
    size        TEXT NOT NULL DEFAULT '' CHECK (length(size) <= 12),
    PRIMARY KEY (receipt_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reward_receipt_lines_by_item ON reward_receipt_lines (item_id);
CREATE TRIGGER a_reward_is_handed_out_once BEFORE INSERT ON reward_receipt_lines
WHEN EXISTS (SELECT 1 FROM reward_receipt_lines JOIN reward_receipts ON reward_receipts.id = receipt_id
              WHERE item_id = NEW.item_id AND voided_at IS NULL
                AND scout_id = (SELECT scout_id FROM reward_receipts WHERE id = NEW.receipt_id))
BEGIN SELECT RAISE(ABORT, 'a girl is handed a reward once'); END;
CREATE TRIGGER reward_receipt_lines_are_kept BEFORE UPDATE ON reward_receipt_lines
BEGIN SELECT RAISE(ABORT, 'a receipt is voided, never edited'); END;
CREATE TRIGGER reward_receipt_lines_stay BEFORE DELETE ON reward_receipt_lines
BEGIN SELECT RAISE(ABORT, 'a receipt is voided, never edited'); END;

CREATE TABLE reward_levels_told (                -- a level that was reached is told once, whatever becomes of the ladder
    season_id   INTEGER NOT NULL REFERENCES seasons,
    scout_id    INTEGER NOT NULL REFERENCES scouts,
    counts      TEXT NOT NULL CHECK (counts IN ('boxes', 'initial_order', 'digital', 'emails', 'sisters')),
    from_boxes  INTEGER NOT NULL CHECK (from_boxes BETWEEN 1 AND 100000),
    told_at     TEXT NOT NULL CHECK (told_at IS strftime('%Y-%m-%dT%H:%M:%SZ', told_at)),
    PRIMARY KEY (scout_id, season_id, counts, from_boxes)
) STRICT, WITHOUT ROWID;

CREATE TABLE point_rules (                       -- what brings points in a season: none where there is no row
    season_id  INTEGER NOT NULL REFERENCES seasons,
    reason     TEXT NOT NULL CHECK (reason IN ('shift', 'boxes', 'training', 'referral', 'birthday')),
    points     INTEGER NOT NULL CHECK (points BETWEEN 1 AND 1000),               -- each time; of boxes for every ten
    PRIMARY KEY (season_id, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE point_prizes (                      -- what points can be given for
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 80),
    points     INTEGER NOT NULL CHECK (points BETWEEN 1 AND 100000),
    is_active  INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1))
) STRICT;

CREATE TABLE point_entries (                     -- every point a girl was given, and every one she gave for a prize
    id         INTEGER PRIMARY KEY,
    season_id  INTEGER NOT NULL REFERENCES seasons,
    scout_id   INTEGER NOT NULL REFERENCES scouts,
    reason     TEXT NOT NULL CHECK (reason IN ('shift', 'boxes', 'training', 'referral', 'birthday', 'prize', 'returned')),
    points     INTEGER NOT NULL CHECK (points <> 0 AND points BETWEEN -100000 AND 100000),
    key        TEXT CHECK (length(key) BETWEEN 1 AND 40),                        -- what it is for, where it is given once
    prize_id   INTEGER REFERENCES point_prizes,
    returns    INTEGER UNIQUE REFERENCES point_entries CHECK (returns < id),     -- the redemption that is taken back
    note       TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 200),
    at         TEXT NOT NULL CHECK (at IS strftime('%Y-%m-%dT%H:%M:%SZ', at)),
    given_by   INTEGER REFERENCES accounts,
    CHECK (points > 0 OR reason IN ('prize', 'boxes')),
    CHECK ((reason = 'prize') = (prize_id IS NOT NULL AND points < 0)),
    CHECK ((reason = 'returned') = (returns IS NOT NULL)),
    CHECK (reason NOT IN ('shift', 'training', 'referral', 'birthday') OR key IS NOT NULL)
) STRICT;
CREATE INDEX point_entries_by_scout ON point_entries (scout_id, id);
CREATE UNIQUE INDEX points_are_given_once ON point_entries (scout_id, reason, key) WHERE key IS NOT NULL;
CREATE TRIGGER points_stay_above_zero AFTER INSERT ON point_entries
WHEN NEW.points < 0 AND (SELECT sum(points) FROM point_entries WHERE scout_id = NEW.scout_id) < 0
 AND NEW.scout_id IN (SELECT id FROM scouts)
BEGIN SELECT RAISE(ABORT, 'a girl has no fewer points than none'); END;
CREATE TRIGGER points_come_back_as_they_went AFTER INSERT ON point_entries
WHEN NEW.returns IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM point_entries WHERE id = NEW.returns AND reason = 'prize' AND scout_id = NEW.scout_id AND points = -NEW.points)
BEGIN SELECT RAISE(ABORT, 'only what was given for a prize comes back, all of it'); END;
CREATE TRIGGER point_entries_are_kept BEFORE UPDATE ON point_entries BEGIN SELECT RAISE(ABORT, 'points are never edited'); END;
CREATE TRIGGER point_entries_stay     BEFORE DELETE ON point_entries BEGIN SELECT RAISE(ABORT, 'points are never edited'); END;

CREATE TABLE birth_months (                      -- the month alone, and only where an adult of her family said that we may keep it
    scout_id      INTEGER PRIMARY KEY REFERENCES scouts,
    month         INTEGER NOT NULL CHECK (month BETWEEN 1 AND 12),
    agreed_by     INTEGER NOT NULL REFERENCES accounts,
    agreed_at     TEXT NOT NULL CHECK (agreed_at IS strftime('%Y-%m-%dT%H:%M:%SZ', agreed_at))
) STRICT;

------------------------------------------------------------------------------------------------------------------------
-- What each day of a season came to, summed up each night and kept for the seasons to come              domain/reports
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE season_days (                       -- one day of one cookie, one girl or one booth: never two of them, so that each adds up alone
    season_id   INTEGER NOT NULL REFERENCES seasons,
    day         TEXT NOT NULL CHECK (day IS date(day)),
    product_id  INTEGER REFERENCES products,                                     -- sold by orders and booths
    scout_id    INTEGER REFERENCES scouts,                                       -- credited to her
    booth_id    INTEGER REFERENCES booths,                                       -- sold there
    boxes       INTEGER NOT NULL CHECK (boxes BETWEEN -1000000 AND 1000000),
    cents       INTEGER NOT NULL CHECK (cents BETWEEN -10000000000 AND 10000000000),
    CHECK ((product_id IS NOT NULL) + (scout_id IS NOT NULL) + (booth_id IS NOT NULL) = 1)
) STRICT;
CREATE UNIQUE INDEX season_days_once ON season_days (season_id, day, ifnull(product_id, 0), ifnull(scout_id, 0), ifnull(booth_id, 0));

------------------------------------------------------------------------------------------------------------------------
-- Entries looked at again, because they are unlike the others                                         domain/reviewing
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE entry_checks (                      -- how unlike the others an entry is, and what somebody decided; it never stops one
    entry_id    INTEGER PRIMARY KEY REFERENCES journal,
    checked_at  TEXT NOT NULL CHECK (checked_at IS strftime('%Y-%m-%dT%H:%M:%SZ', checked_at)),
    score       INTEGER NOT NULL CHECK (score BETWEEN 0 AND 100),
    findings    TEXT NOT NULL CHECK (json_valid(findings) AND length(findings) <= 500),     -- codes; failed: it could not be looked at
    decision    TEXT CHECK (decision IN ('fine', 'corrected')),
    decided_by  INTEGER REFERENCES accounts,
    decided_at  TEXT CHECK (decided_at IS strftime('%Y-%m-%dT%H:%M:%SZ', decided_at)),
    note        TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    CHECK ((decision IS NULL) = (decided_at IS NULL))
) STRICT;
CREATE INDEX entry_checks_waiting ON entry_checks (score) WHERE decision IS NULL AND score >= 30;

------------------------------------------------------------------------------------------------------------------------
-- What people say of the program, and what is ticked off around a season                       domain/feedback, domain/launch
------------------------------------------------------------------------------------------------------------------------

CREATE TABLE feedback (                          -- a problem, an idea, a thank-you: said at the foot of a page     domain/feedback
    id          INTEGER PRIMARY KEY,
    at          TEXT NOT NULL CHECK (at IS strftime('%Y-%m-%dT%H:%M:%SZ', at)),
    made_by     INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind        TEXT NOT NULL CHECK (kind IN ('problem', 'idea', 'praise')),
    said        TEXT NOT NULL CHECK (length(said) BETWEEN 1 AND 1000),
    page        TEXT NOT NULL DEFAULT '' CHECK (length(page) <= 200),
    version     TEXT NOT NULL DEFAULT '' CHECK (length(version) <= 40),
    request_id  TEXT NOT NULL DEFAULT '' CHECK (length(request_id) <= 64),      -- of the page that failed, as the log has it
    done_at     TEXT CHECK (done_at IS strftime('%Y-%m-%dT%H:%M:%SZ', done_at))
) STRICT;

CREATE TABLE pulses (                            -- one question after the season: would she do it so again        domain/feedback
    season_id   INTEGER NOT NULL REFERENCES seasons,
    account_id  INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    score       INTEGER NOT NULL CHECK (score BETWEEN 1 AND 5),
    said        TEXT NOT NULL DEFAULT '' CHECK (length(said) <= 300),
    at          TEXT NOT NULL CHECK (at IS strftime('%Y-%m-%dT%H:%M:%SZ', at)),
    PRIMARY KEY (season_id, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE push_subscriptions (                -- a browser that may be told of something while it is closed            domain/pushes
    id          INTEGER PRIMARY KEY,
    account_id  INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    endpoint    TEXT NOT NULL UNIQUE CHECK (length(endpoint) BETWEEN 12 AND 1000),      -- where its maker's service takes messages
    p256dh      TEXT NOT NULL CHECK (length(p256dh) BETWEEN 86 AND 88),                 -- its public key: only it reads them
    auth        TEXT NOT NULL CHECK (length(auth) BETWEEN 22 AND 24),
    agent       TEXT NOT NULL DEFAULT '' CHECK (length(agent) <= 80),
    made_at     TEXT NOT NULL CHECK (made_at IS strftime('%Y-%m-%dT%H:%M:%SZ', made_at)),
    failures    INTEGER NOT NULL DEFAULT 0 CHECK (failures BETWEEN 0 AND 100)           -- in a row, up to now
) STRICT;

CREATE TABLE push_reminders (                    -- whose own phone was reminded of which shift: each once               domain/pushes
    sign_up_id  INTEGER NOT NULL REFERENCES shift_sign_ups ON DELETE CASCADE,
    account_id  INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    at          TEXT NOT NULL CHECK (at IS strftime('%Y-%m-%dT%H:%M:%SZ', at)),
    PRIMARY KEY (sign_up_id, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE launch_items (                      -- of the lists before, on and after the first day: whose it is, and whether it is done    domain/launch
    season_id   INTEGER NOT NULL REFERENCES seasons,
    item        TEXT NOT NULL CHECK (length(item) BETWEEN 1 AND 40),
    account_id  INTEGER REFERENCES accounts ON DELETE SET NULL,
    done_at     TEXT CHECK (done_at IS strftime('%Y-%m-%dT%H:%M:%SZ', done_at)),
    done_by     TEXT NOT NULL DEFAULT '' CHECK (length(done_by) <= 80),
    PRIMARY KEY (season_id, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE season_reviews (                    -- what the troop says of a season when it is over: read when the next one begins    domain/season_review
    season_id   INTEGER PRIMARY KEY REFERENCES seasons,
    went_well   TEXT NOT NULL DEFAULT '' CHECK (length(went_well) <= 4000),
    went_badly  TEXT NOT NULL DEFAULT '' CHECK (length(went_badly) <= 4000),
    next_time   TEXT NOT NULL DEFAULT '' CHECK (length(next_time) <= 4000),
    written_at  TEXT NOT NULL CHECK (written_at IS strftime('%Y-%m-%dT%H:%M:%SZ', written_at)),
    written_by  TEXT NOT NULL CHECK (length(written_by) <= 80)
) STRICT;

CREATE TABLE kpi_targets (                       -- where a figure should be, where somebody said so                domain/kpis
    code    TEXT PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 40),
    target  INTEGER NOT NULL CHECK (target BETWEEN 0 AND 1000000)
) STRICT, WITHOUT ROWID;

CREATE TABLE trials (                            -- a session in which the program is tried as volunteers use it      domain/trials
    id        INTEGER PRIMARY KEY,
    begun_at  TEXT NOT NULL CHECK (begun_at IS strftime('%Y-%m-%dT%H:%M:%SZ', begun_at)),
    ended_at  TEXT CHECK (ended_at IS strftime('%Y-%m-%dT%H:%M:%SZ', ended_at)),
    begun_by  TEXT NOT NULL DEFAULT '' CHECK (length(begun_by) <= 80),          -- a name; none: the console
    version   TEXT NOT NULL CHECK (length(version) BETWEEN 1 AND 40)
) STRICT;

CREATE TABLE trial_results (                     -- what came of each step of each scenario                        domain/trials
    trial_id      INTEGER NOT NULL REFERENCES trials ON DELETE CASCADE,
    scenario      TEXT NOT NULL CHECK (length(scenario) BETWEEN 1 AND 40),
    step          INTEGER NOT NULL CHECK (step BETWEEN 1 AND 20),
    result        TEXT NOT NULL CHECK (result IN ('pass', 'fail', 'skipped')),
    note          TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    milliseconds  INTEGER CHECK (milliseconds BETWEEN 0 AND 86400000),          -- none where a person tried it
    at            TEXT NOT NULL CHECK (at IS strftime('%Y-%m-%dT%H:%M:%SZ', at)),
    PRIMARY KEY (trial_id, scenario, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (                          -- whom to call when something is wrong: printed with the recovery sheet   domain/contacts
    id     INTEGER PRIMARY KEY,
    role   TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 60),
    name   TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    phone  TEXT NOT NULL CHECK (length(phone) BETWEEN 3 AND 40),
    note   TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 200)
) STRICT;

CREATE TABLE alert_limits (                      -- a limit of an alert rule, where somebody changed it: its nth condition     ops/alerts
    rule         TEXT NOT NULL CHECK (length(rule) BETWEEN 1 AND 40),
    number       INTEGER NOT NULL CHECK (number BETWEEN 1 AND 9),
    thousandths  INTEGER NOT NULL CHECK (thousandths BETWEEN 0 AND 1000000000000000),
    PRIMARY KEY (rule, number)
) STRICT, WITHOUT ROWID;

------------------------------------------------------------------------------------------------------------------------
-- Every derived number, once
------------------------------------------------------------------------------------------------------------------------

CREATE VIEW box_steps AS                         -- every box that came to a place (above zero) or left it (below zero)
    SELECT to_place AS place_id, product_id, boxes FROM box_moves
     UNION ALL
    SELECT from_place, product_id, -boxes FROM box_moves;

CREATE VIEW boxes_at AS                          -- how many boxes of each cookie are at each place; below zero is a signal
    SELECT place_id, product_id, boxes FROM box_sums;

CREATE VIEW account_balances AS                  -- cents on each account in each season
    SELECT season_id, account_id, sum(cents) AS cents FROM money_sums GROUP BY season_id, account_id;

CREATE VIEW credited AS                          -- packages credited to each girl, by cookie and channel
    SELECT season_id, scout_id, product_id, channel, boxes FROM credit_sums JOIN products ON products.id = product_id;

CREATE VIEW girls_credited AS                    -- packages credited to each girl, all cookies and channels together
    SELECT season_id, scout_id, boxes FROM girl_credit_sums;

CREATE VIEW credited_in_time AS                  -- the same of each girl, as far as it counts for rewards: until the season's last day for them
    SELECT journal.season_id, credits.scout_id, credits.boxes
      FROM seasons CROSS JOIN journal ON journal.season_id = seasons.id CROSS JOIN credits ON entry_id = journal.id
     WHERE rewards_on IS NULL OR day <= rewards_on;

CREATE VIEW point_balances AS                    -- points each girl has, over all seasons
    SELECT scout_id, sum(points) AS points, sum(max(points, 0)) AS ever FROM point_entries GROUP BY scout_id;

CREATE VIEW standing_entries AS                  -- entries that neither are reversed nor reverse another
    SELECT journal.* FROM journal
     WHERE +reverses IS NULL AND NOT EXISTS (SELECT 1 FROM journal AS later WHERE later.reverses = journal.id);

CREATE VIEW count_differences AS                 -- each cookie of a count: packages seen beyond what was expected, and how many of them are explained
    SELECT count_id, product_id, count_lines.boxes, expected, count_lines.boxes - expected AS difference,
           ifnull((SELECT sum(CASE WHEN to_place = counts.place_id THEN box_moves.boxes ELSE -box_moves.boxes END)
                     FROM journal JOIN box_moves ON entry_id = journal.id
                    WHERE journal.count_id = count_lines.count_id AND box_moves.product_id = count_lines.product_id), 0) AS explained
      FROM count_lines JOIN counts ON counts.id = count_id;

CREATE VIEW counted_orders AS                    -- orders that are sales: not cancelled, not waiting for approval, not unclear
    SELECT * FROM orders WHERE status IN ('promised', 'delivered');

CREATE VIEW booth_sold AS                        -- packages sold at each booth: boxes that left for customers, and Cookie Share
    SELECT booth_id, product_id, sold AS boxes FROM booth_sums;

CREATE VIEW booth_credited AS                    -- packages of each booth that girls were credited with
    SELECT booth_id, product_id, credited AS boxes FROM booth_sums;

CREATE TRIGGER a_booth_credits_what_it_sold BEFORE INSERT ON credits
WHEN NEW.boxes > 0 AND (SELECT booth_id FROM journal WHERE id = NEW.entry_id) IS NOT NULL
 AND NEW.boxes
   + ifnull((SELECT boxes FROM booth_credited WHERE booth_id = (SELECT booth_id FROM journal WHERE id = NEW.entry_id) AND product_id = NEW.product_id), 0)
   > ifnull((SELECT boxes FROM booth_sold WHERE booth_id = (SELECT booth_id FROM journal WHERE id = NEW.entry_id) AND product_id = NEW.product_id), 0)
BEGIN SELECT RAISE(ABORT, 'a booth credits no more than it sold'); END;

CREATE VIEW troop_sold AS                        -- every package the troop sold, by cookie: orders, booths, and what only the office knows
    SELECT season_id, product_id, sum(boxes) AS boxes, sum(cents) AS cents
      FROM (SELECT season_id, product_id, boxes, cents FROM line_sums JOIN products ON products.id = product_id
             UNION ALL
            SELECT products.season_id, product_id, boxes, boxes * price_cents
              FROM (SELECT product_id, sum(boxes) AS boxes FROM booth_sold GROUP BY product_id) JOIN products ON products.id = product_id
             UNION ALL                           -- the office's divider shares out the site's cookies in hand and donations as well
            SELECT products.season_id, office.product_id, max(office.boxes - ifnull(site.boxes, 0), 0),
                   max(office.boxes - ifnull(site.boxes, 0), 0) * price_cents
              FROM (SELECT product_id, sum(boxes) AS boxes FROM journal CROSS JOIN credits ON entry_id = journal.id
                     WHERE kind = 'office_credit' GROUP BY product_id) AS office
              JOIN products ON products.id = office.product_id
              LEFT JOIN (SELECT product_id, sum(order_lines.boxes) AS boxes
                           FROM counted_orders JOIN order_lines ON order_id = counted_orders.id JOIN products ON products.id = product_id
                          WHERE scout_id IS NULL AND (order_type = 'booth' OR (is_virtual = 1 AND source = 'digital-cookie'))
                            AND EXISTS (SELECT 1 FROM journal WHERE kind = 'office_credit')
                          GROUP BY product_id) AS site
                ON site.product_id = office.product_id)
     GROUP BY season_id, product_id;

CREATE VIEW scout_sales AS                       -- a girl's own orders: how many, what they came to, what was collected
    SELECT season_id, scout_id, sales, boxes, amount_cents, collected_cents, donated_boxes
      FROM order_sums WHERE scout_id <> 0 AND sales > 0;

CREATE VIEW family_ledger AS                     -- every cent on a girl's account, what she owes the troop above zero
    SELECT season_id, money_accounts.scout_id, entry_id, journal.kind, money_entries.id AS posting_id,
           cents, product_id, boxes, price_cents
      FROM money_accounts JOIN money_entries ON debit = money_accounts.id JOIN journal ON journal.id = entry_id
     WHERE money_accounts.kind = 'scout'
     UNION ALL
    SELECT season_id, money_accounts.scout_id, entry_id, journal.kind, money_entries.id,
           -cents, product_id, -boxes, price_cents
      FROM money_accounts JOIN money_entries ON credit = money_accounts.id JOIN journal ON journal.id = entry_id
     WHERE money_accounts.kind = 'scout';

CREATE VIEW added_orders AS                      -- orders that are sales, and what of each passed through a girl's hands, in cents:
    SELECT order_id, season_id, scout_id, ordered_on, customer_name, boxes, amount_cents, collected_cents, donated_boxes, in_hand,
           iif(in_hand AND status = 'delivered', amount_cents - donated_cents, 0) AS delivered_cents,
           iif(in_hand, donated_cents, 0) AS share_cents,
           iif(in_hand AND payment_method <> 'card', collected_cents, 0) AS cash_cents,
           iif(in_hand AND payment_method = 'card', collected_cents, 0) AS card_cents
      FROM (SELECT *, id AS order_id, scout_id IS NOT NULL AND order_type <> 'shipped' AS in_hand FROM counted_orders);

CREATE VIEW handled_orders AS                    -- a girl's own sales that were not shipped
    SELECT order_id, season_id, scout_id, ordered_on, customer_name, cash_cents, card_cents, delivered_cents, share_cents
      FROM added_orders WHERE in_hand;

CREATE VIEW family_booth_sales AS                -- the same for a family's own booth, sold from the girl's home
    SELECT entry_id, season_id, scout_id, booth_id, day, expected_cents - cards_cents AS cash_cents, cards_cents AS card_cents,
           expected_cents - share_cents AS delivered_cents, share_cents
      FROM (SELECT journal.id AS entry_id, journal.season_id, journal.scout_id, journal.booth_id, day, expected_cents, cards_cents,
                   ifnull((SELECT sum(cents) FROM money_entries WHERE money_entries.entry_id = journal.id AND boxes IS NOT NULL), 0)
                       AS share_cents
              FROM booth_closings JOIN journal ON journal.id = booth_closings.entry_id
             WHERE reopened_at IS NULL AND journal.scout_id IS NOT NULL);

CREATE VIEW family_hands AS                      -- the same for each girl
    SELECT season_id, scout_id, sum(delivered_cents) AS delivered_cents, sum(share_cents) AS share_cents,
           sum(cash_cents) AS cash_cents, sum(card_cents) AS card_cents
      FROM (SELECT season_id, scout_id, delivered_cents, share_cents, cash_cents, card_cents FROM order_sums WHERE scout_id <> 0
             UNION ALL
            SELECT season_id, scout_id, delivered_cents, share_cents, cash_cents, card_cents FROM family_booth_sales)
     GROUP BY season_id, scout_id;

CREATE VIEW family_balances AS                   -- what each family owes the troop, and what that debt is made of:
    SELECT seasons.id AS season_id, scouts.id AS scout_id,                 -- balance = boxes held + cash held + customers owe - written off
           ifnull(balance, 0) AS balance_cents,
           ifnull(goods, 0) - ifnull(delivered_cents, 0) AS boxes_held_cents,
           ifnull(cash_cents, 0) - ifnull(paid, 0) AS cash_held_cents,
           ifnull(delivered_cents, 0) + ifnull(share_cents, 0) - ifnull(cash_cents, 0) - ifnull(card_cents, 0) AS customers_owe_cents,
           ifnull(written_off, 0) AS written_off_cents,
           ifnull(goods, 0) AS goods_cents, ifnull(paid, 0) AS paid_cents
      FROM seasons CROSS JOIN scouts
      LEFT JOIN (SELECT season_id, scout_id, sum(cents) AS balance,
                        sum(CASE WHEN money_sums.kind IN ('T2G', 'G2T', 'G2G') THEN cents ELSE 0 END) AS goods,
                        -sum(CASE WHEN money_sums.kind = 'payment' THEN cents ELSE 0 END) AS paid,
                        -sum(CASE WHEN money_sums.kind = 'write_off' THEN cents ELSE 0 END) AS written_off
                   FROM money_sums JOIN money_accounts ON money_accounts.id = account_id WHERE money_accounts.kind = 'scout'
                  GROUP BY season_id, scout_id) AS ledger
        ON ledger.season_id = seasons.id AND ledger.scout_id = scouts.id
      LEFT JOIN family_hands AS hands ON hands.season_id = seasons.id AND hands.scout_id = scouts.id;

CREATE VIEW council_account AS                   -- the troop and its council, in cents; proceeds are counted in domain/money
    SELECT seasons.id AS season_id,
           -ifnull(sum(CASE WHEN kind NOT IN ('sweep', 'write_off') AND account_id = 4 THEN cents END), 0) AS charged_cents,
           ifnull(sum(CASE WHEN account_id = 5 THEN cents END), 0) AS card_cents,
           ifnull(sum(CASE WHEN kind = 'sweep' AND account_id = 4 THEN cents END), 0) AS swept_cents,
           ifnull(sum(CASE WHEN kind = 'write_off' AND account_id = 4 THEN cents END), 0) AS taken_over_cents
      FROM seasons LEFT JOIN money_sums ON money_sums.season_id = seasons.id AND account_id IN (4, 5)
     GROUP BY seasons.id;

CREATE VIEW council_packages AS                  -- packages the council charges: received less passed on, Cookie Share, shipped
    SELECT season_id, product_id, -sum(boxes) AS boxes FROM money_sums
     WHERE account_id = 4 AND product_id <> 0 GROUP BY season_id, product_id;
