-- Times are unix milliseconds. Ids, names and words are text as they go over the wire. Fingerprints are 32 bytes.

CREATE TABLE jobs (
    n                INTEGER PRIMARY KEY,  -- the order of enqueueing
    id               TEXT NOT NULL UNIQUE,
    requester        TEXT NOT NULL,
    idempotency_key  TEXT,
    kind             TEXT NOT NULL,
    persona          TEXT,
    task_id          TEXT,
    model            TEXT,
    priority         INTEGER NOT NULL,
    max_attempts     INTEGER NOT NULL,
    when_full        TEXT NOT NULL,
    status           TEXT NOT NULL,
    phase            TEXT NOT NULL,
    reason           TEXT,
    message          TEXT,
    exit_code        INTEGER,
    result           BLOB,
    attempt          INTEGER NOT NULL,
    failures         INTEGER NOT NULL,
    takeovers        INTEGER NOT NULL,
    lease_epoch      INTEGER NOT NULL,
    lease_worker     TEXT,
    lease_expires_at INTEGER,
    vm               TEXT NOT NULL,
    server_id        TEXT,
    server_name      TEXT,
    redeemed         INTEGER NOT NULL,
    cancel_requested INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    run_at           INTEGER NOT NULL,
    started_at       INTEGER,
    ended_at         INTEGER,
    expires_at       INTEGER,
    -- What follows is derived from the columns above by whoever writes the row.
    in_hand          INTEGER NOT NULL,  -- a worker has to look after it
    slot             INTEGER NOT NULL   -- it takes a place under the caps
) STRICT;

CREATE INDEX jobs_due ON jobs (priority DESC, requester, run_at, n) WHERE status = 'queued' AND phase = 'queued';
CREATE INDEX jobs_waiting ON jobs (priority DESC, requester, run_at, n) WHERE status = 'queued' AND phase = 'reserving';
CREATE INDEX jobs_in_hand ON jobs (lease_expires_at) WHERE in_hand = 1;
CREATE INDEX jobs_with_slot ON jobs (n) WHERE slot = 1;
CREATE INDEX jobs_finished ON jobs (ended_at) WHERE phase = 'gone';
CREATE INDEX jobs_by_requester ON jobs (requester);
CREATE INDEX jobs_by_requester_and_status ON jobs (requester, status);
CREATE INDEX jobs_by_status ON jobs (status);
CREATE INDEX jobs_reaping ON jobs (n) WHERE kind = 'cattle.reap';
CREATE INDEX jobs_by_server_id ON jobs (server_id) WHERE server_id IS NOT NULL;
CREATE INDEX jobs_by_server_name ON jobs (server_name) WHERE server_name IS NOT NULL;

CREATE TABLE payloads (
    job      TEXT NOT NULL PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    body     TEXT NOT NULL,
    snapshot BLOB
) STRICT;

CREATE TABLE results (
    job  TEXT NOT NULL PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    body TEXT NOT NULL
) STRICT;

-- Keys outlive their jobs, hence no reference.
CREATE TABLE idempotency_keys (
    requester  TEXT NOT NULL,
    key        TEXT NOT NULL,
    content    BLOB NOT NULL,
    job        TEXT NOT NULL,
    expires_at INTEGER,  -- set when the job is forgotten
    PRIMARY KEY (requester, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_expiring ON idempotency_keys (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE events (
    job    TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    seq    INTEGER NOT NULL,
    t      INTEGER NOT NULL,
    event  TEXT NOT NULL,
    detail TEXT,
    PRIMARY KEY (job, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE credentials (
    job              TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    attempt          INTEGER NOT NULL,
    token            BLOB NOT NULL UNIQUE,
    token_expires_at INTEGER NOT NULL,
    nonce            BLOB,
    redeemed_at      INTEGER,
    session          BLOB UNIQUE,
    PRIMARY KEY (job, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE artifacts (
    job    TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    name   TEXT NOT NULL,
    size   INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (job, name)
) STRICT, WITHOUT ROWID;
