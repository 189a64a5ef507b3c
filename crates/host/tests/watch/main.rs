//! `clawlets-host watch` as a user, systemd and a reader of the status meet it, with scripts in the place of `systemctl`
//! and `openclaw`.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod hung;
mod looks;
mod served;
mod site;
