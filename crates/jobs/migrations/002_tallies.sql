-- How many jobs each requester has in each status, and how many places under the caps these take. Kept by triggers, so
-- that neither an enqueue nor a claim has to count rows.
CREATE TABLE tallies (
    requester TEXT NOT NULL,
    status    TEXT NOT NULL,
    jobs      INTEGER NOT NULL,
    slots     INTEGER NOT NULL,
    PRIMARY KEY (requester, status)
) STRICT, WITHOUT ROWID;

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

INSERT INTO tallies SELECT requester, status, count(*), sum(slot) FROM jobs GROUP BY requester, status;
