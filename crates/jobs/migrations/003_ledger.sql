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
