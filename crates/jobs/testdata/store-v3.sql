-- A store of version 3, as it was written then. It is never edited: a store like this may exist somewhere.

PRAGMA application_id = 1131170402;
PRAGMA user_version = 3;

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

CREATE TABLE payloads (
    job      TEXT NOT NULL PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    body     TEXT NOT NULL,
    snapshot BLOB
) STRICT;

CREATE TABLE results (
    job  TEXT NOT NULL PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE idempotency_keys (
    requester  TEXT NOT NULL,
    key        TEXT NOT NULL,
    content    BLOB NOT NULL,
    job        TEXT NOT NULL,
    expires_at INTEGER,  -- set when the job is forgotten
    PRIMARY KEY (requester, key)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE tallies (
    requester TEXT NOT NULL,
    status    TEXT NOT NULL,
    jobs      INTEGER NOT NULL,
    slots     INTEGER NOT NULL,
    PRIMARY KEY (requester, status)
) STRICT, WITHOUT ROWID;

INSERT INTO jobs (n, id, requester, idempotency_key, kind, persona, task_id, priority, max_attempts, when_full, status, phase, reason, exit_code, result, attempt, failures, takeovers, lease_epoch, vm, server_id, server_name, redeemed, cancel_requested, created_at, run_at, started_at, ended_at, expires_at, in_hand, slot)
    VALUES (1, '01MCC5RM000000000000000001', 'maren', 'key-1', 'cattle.spawn', 'rex', 't', 0, 2, 'refuse', 'done', 'gone', 'finished', 0, x'61d864b6f097a0f658a1d482b314aa1e40faf4ffe738ea08ddf672fac95b3133', 1, 0, 0, 1, 'gone', '1001', 'cattle-rex-1-1', 1, 0, 1800000000000, 1800000000000, 1800000001000, 1800000010000, 1800000603000, 0, 0);
INSERT INTO jobs (n, id, requester, kind, persona, task_id, priority, max_attempts, when_full, status, phase, reason, message, attempt, failures, takeovers, lease_epoch, lease_worker, lease_expires_at, vm, server_id, server_name, redeemed, cancel_requested, created_at, run_at, started_at, ended_at, expires_at, in_hand, slot)
    VALUES (2, '01MCC5RM000000000000000002', 'maren', 'cattle.spawn', 'rex', 't', 0, 2, 'refuse', 'failed', 'deleting', 'boot-failed', 'it never called', 1, 0, 0, 1, 'web-1/17', 1800000016000, 'deleting', '1002', 'cattle-rex-2-1', 0, 0, 1800000000000, 1800000000000, 1800000001000, 1800000011000, 1800000603000, 1, 1);
INSERT INTO jobs (n, id, requester, idempotency_key, kind, persona, task_id, priority, max_attempts, when_full, status, phase, attempt, failures, takeovers, lease_epoch, lease_worker, lease_expires_at, vm, server_id, server_name, redeemed, cancel_requested, created_at, run_at, started_at, expires_at, in_hand, slot)
    VALUES (3, '01MCC5RM000000000000000003', 'maren', 'key-3', 'cattle.spawn', 'rex', 't', 0, 2, 'refuse', 'running', 'ready', 1, 0, 0, 1, 'web-1/17', 1800000016000, 'live', '1003', 'cattle-rex-3-1', 1, 0, 1800000000000, 1800000000000, 1800000001000, 1800000603000, 1, 1);
INSERT INTO jobs (n, id, requester, kind, persona, task_id, priority, max_attempts, when_full, status, phase, attempt, failures, takeovers, lease_epoch, vm, redeemed, cancel_requested, created_at, run_at, in_hand, slot)
    VALUES (4, '01MCC5RM000000000000000004', 'maren', 'cattle.spawn', 'rex', 't', 0, 2, 'refuse', 'queued', 'queued', 0, 0, 0, 0, 'none', 0, 0, 1800000000000, 1800099999000, 0, 0);
INSERT INTO jobs (n, id, requester, kind, persona, task_id, priority, max_attempts, when_full, status, phase, attempt, failures, takeovers, lease_epoch, vm, redeemed, cancel_requested, created_at, run_at, started_at, in_hand, slot)
    VALUES (5, '01MCC5RM000000000000000005', 'maren', 'cattle.spawn', 'rex', 't', 0, 2, 'queue', 'queued', 'reserving', 0, 0, 0, 1, 'none', 0, 0, 1800000000000, 1800000000000, 1800000001000, 0, 0);

INSERT INTO payloads (job, body)
    VALUES ('01MCC5RM000000000000000001', '{"persona":"rex","task":{"n":1}}');
INSERT INTO payloads (job, body)
    VALUES ('01MCC5RM000000000000000002', '{"persona":"rex","task":{"n":2}}');
INSERT INTO payloads (job, body)
    VALUES ('01MCC5RM000000000000000003', '{"persona":"rex","task":{"n":3}}');
INSERT INTO payloads (job, body, snapshot)
    VALUES ('01MCC5RM000000000000000004', '{"persona":"rex","task":{"n":4}}', x'010203');
INSERT INTO payloads (job, body)
    VALUES ('01MCC5RM000000000000000005', '{"persona":"rex","task":{"n":5}}');

INSERT INTO results (job, body)
    VALUES ('01MCC5RM000000000000000001', '{"status":"done","reason":"finished","exitCode":0,"output":"hello","durationMs":12}');

INSERT INTO idempotency_keys (requester, key, content, job)
    VALUES ('maren', 'key-1', x'1ed9f41fbf172fa0487028d159e17b98d4cb550e81b1494b04a667762e992e09', '01MCC5RM000000000000000001');
INSERT INTO idempotency_keys (requester, key, content, job)
    VALUES ('maren', 'key-3', x'3c2d664c5e82cdf11e029c04dcf81c7f6405e04bb880684f9a1a87a98480d883', '01MCC5RM000000000000000003');

INSERT INTO events (job, seq, t, event)
    VALUES ('01MCC5RM000000000000000001', 0, 1800000000000, 'enqueued');
INSERT INTO events (job, seq, t, event, detail)
    VALUES ('01MCC5RM000000000000000001', 1, 1800000001000, 'claimed', 'worker web-1/17, epoch 1');
INSERT INTO events (job, seq, t, event)
    VALUES ('01MCC5RM000000000000000001', 2, 1800000002000, 'reserved');
INSERT INTO events (job, seq, t, event, detail)
    VALUES ('01MCC5RM000000000000000001', 3, 1800000003000, 'creating', 'cattle-rex-1-1, attempt 1');
INSERT INTO events (job, seq, t, event, detail)
    VALUES ('01MCC5RM000000000000000001', 4, 1800000004000, 'created', 'server 1001');
INSERT INTO events (job, seq, t, event)
    VALUES ('01MCC5RM000000000000000001', 5, 1800000005000, 'redeemed');
INSERT INTO events (job, seq, t, event, detail)
    VALUES ('01MCC5RM000000000000000001', 6, 1800000010000, 'ended', 'finished');
INSERT INTO events (job, seq, t, event)
    VALUES ('01MCC5RM000000000000000001', 7, 1800000011000, 'deleting');
INSERT INTO events (job, seq, t, event)
    VALUES ('01MCC5RM000000000000000001', 8, 1800000012000, 'gone');
INSERT INTO events (job, seq, t, event)
    VALUES ('01MCC5RM000000000000000002', 0, 1800000000000, 'enqueued');
INSERT INTO events (job, seq, t, event, detail)
    VALUES ('01MCC5RM000000000000000002', 1, 1800000001000, 'claimed', 'worker web-1/17, epoch 1');
INSERT INTO events (job, seq, t, event)
    VALUES ('01MCC5RM000000000000000002', 2, 1800000002000, 'reserved');
INSERT INTO events (job, seq, t, event, detail)
    VALUES ('01MCC5RM000000000000000002', 3, 1800000003000, 'creating', 'cattle-rex-2-1, attempt 1');
INSERT INTO events (job, seq, t, event, detail)
    VALUES ('01MCC5RM000000000000000002', 4, 1800000004000, 'created', 'server 1002');
INSERT INTO events (job, seq, t, event, detail)
    VALUES ('01MCC5RM000000000000000002', 5, 1800000011000, 'ended', 'boot-failed: it never called');
INSERT INTO events (job, seq, t, event)
    VALUES ('01MCC5RM000000000000000002', 6, 1800000011000, 'deleting');
INSERT INTO events (job, seq, t, event)
    VALUES ('01MCC5RM000000000000000003', 0, 1800000000000, 'enqueued');
INSERT INTO events (job, seq, t, event, detail)
    VALUES ('01MCC5RM000000000000000003', 1, 1800000001000, 'claimed', 'worker web-1/17, epoch 1');
INSERT INTO events (job, seq, t, event)
    VALUES ('01MCC5RM000000000000000003', 2, 1800000002000, 'reserved');
INSERT INTO events (job, seq, t, event, detail)
    VALUES ('01MCC5RM000000000000000003', 3, 1800000003000, 'creating', 'cattle-rex-3-1, attempt 1');
INSERT INTO events (job, seq, t, event, detail)
    VALUES ('01MCC5RM000000000000000003', 4, 1800000004000, 'created', 'server 1003');
INSERT INTO events (job, seq, t, event)
    VALUES ('01MCC5RM000000000000000003', 5, 1800000005000, 'redeemed');
INSERT INTO events (job, seq, t, event)
    VALUES ('01MCC5RM000000000000000004', 0, 1800000000000, 'enqueued');
INSERT INTO events (job, seq, t, event)
    VALUES ('01MCC5RM000000000000000005', 0, 1800000000000, 'enqueued');
INSERT INTO events (job, seq, t, event, detail)
    VALUES ('01MCC5RM000000000000000005', 1, 1800000001000, 'claimed', 'worker web-1/17, epoch 1');
INSERT INTO events (job, seq, t, event, detail)
    VALUES ('01MCC5RM000000000000000005', 2, 1800000002000, 'waiting', 'maxInstances reached (2/1)');

INSERT INTO credentials (job, attempt, token, token_expires_at, nonce, redeemed_at, session)
    VALUES ('01MCC5RM000000000000000001', 1, x'3f08aace122ee2368432c1ca23a049bc640bafbf00fdf33a52429f38ba12dbf9', 1800000303000, x'1b16b1df538ba12dc3f97edbb85caa7050d46c148134290feba80f8236c83db9', 1800000005000, x'93b8af99bf84171421658ee8388e3c4c3de56f01e1c3cc786a4880619c701dcd');
INSERT INTO credentials (job, attempt, token, token_expires_at)
    VALUES ('01MCC5RM000000000000000002', 1, x'0f6bffa9661cb5dd2f3f7b2929f33061f58a7ba7fdd689530b1a306f8ed8f3ec', 1800000303000);
INSERT INTO credentials (job, attempt, token, token_expires_at, nonce, redeemed_at, session)
    VALUES ('01MCC5RM000000000000000003', 1, x'a2f2b0b588bcc84fbf4d2ac8cc086b6f84de3e00fa3c1ba11e38ac078eb03192', 1800000303000, x'1b16b1df538ba12dc3f97edbb85caa7050d46c148134290feba80f8236c83db9', 1800000005000, x'b4db750fb202d2a6f525eb1f78cdb62c49a59c3e62e95f8a6418e61ad064e75c');

INSERT INTO artifacts (job, name, size, sha256)
    VALUES ('01MCC5RM000000000000000003', 'out/report.json', 12, '0707070707070707070707070707070707070707070707070707070707070707');

INSERT INTO tallies (requester, status, jobs, slots)
    VALUES ('maren', 'done', 1, 0);
INSERT INTO tallies (requester, status, jobs, slots)
    VALUES ('maren', 'failed', 1, 1);
INSERT INTO tallies (requester, status, jobs, slots)
    VALUES ('maren', 'queued', 2, 0);
INSERT INTO tallies (requester, status, jobs, slots)
    VALUES ('maren', 'running', 1, 1);

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
CREATE INDEX idempotency_keys_expiring ON idempotency_keys (expires_at) WHERE expires_at IS NOT NULL;
CREATE TRIGGER jobs_counted AFTER INSERT ON jobs BEGIN
    INSERT INTO tallies VALUES (new.requester, new.status, 1, new.slot)
        ON CONFLICT DO UPDATE SET jobs = jobs + 1, slots = slots + excluded.slots;
END;
CREATE TRIGGER jobs_recounted AFTER UPDATE OF status, slot ON jobs
WHEN old.status <> new.status OR old.slot <> new.slot BEGIN
    UPDATE tallies SET jobs = jobs - 1, slots = slots - old.slot
        WHERE requester = old.requester AND status = old.status;
    INSERT INTO tallies VALUES (new.requester, new.status, 1, new.slot)
        ON CONFLICT DO UPDATE SET jobs = jobs + 1, slots = slots + excluded.slots;
END;
CREATE TRIGGER jobs_uncounted AFTER DELETE ON jobs BEGIN
    UPDATE tallies SET jobs = jobs - 1, slots = slots - old.slot
        WHERE requester = old.requester AND status = old.status;
END;

-- What VMs may cost and did cost, in millionths of a euro, by the UTC calendar month in which they were reserved. Rows
-- outlive their jobs.
CREATE TABLE ledger (
    job        TEXT NOT NULL,
    attempt    INTEGER NOT NULL,
    requester  TEXT NOT NULL,
    month      INTEGER NOT NULL,  -- 202611
    hourly     INTEGER NOT NULL,
    monthly    INTEGER NOT NULL,
    seconds    INTEGER NOT NULL,  -- how long the VM may live
    amount     INTEGER NOT NULL,  -- the most that it may cost; once it is settled, what it did cost
    started_at INTEGER,           -- when the provider was asked for it
    settled    INTEGER NOT NULL,
    PRIMARY KEY (job, attempt)
) STRICT, WITHOUT ROWID;

-- The sums of the ledger, kept by triggers, so that a reservation does not have to add up a month.
CREATE TABLE purses (
    month     INTEGER NOT NULL,
    requester TEXT NOT NULL,
    amount    INTEGER NOT NULL,
    PRIMARY KEY (month, requester)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ledger_added AFTER INSERT ON ledger BEGIN
    INSERT INTO purses VALUES (new.month, new.requester, new.amount)
        ON CONFLICT DO UPDATE SET amount = amount + excluded.amount;
END;

CREATE TRIGGER ledger_changed AFTER UPDATE OF amount, month ON ledger BEGIN
    UPDATE purses SET amount = amount - old.amount WHERE month = old.month AND requester = old.requester;
    INSERT INTO purses VALUES (new.month, new.requester, new.amount)
        ON CONFLICT DO UPDATE SET amount = amount + excluded.amount;
END;

CREATE TRIGGER ledger_removed AFTER DELETE ON ledger BEGIN
    UPDATE purses SET amount = amount - old.amount WHERE month = old.month AND requester = old.requester;
END;

-- Who was given a place last, so that of those who wait the one who waited for longest goes next.
CREATE TABLE turns (
    requester TEXT NOT NULL PRIMARY KEY,
    turn      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
