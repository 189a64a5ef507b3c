//! What systemd says of a bot's service.

/// The exit code of a gateway that refuses its configuration: it does not get better by itself.
const CONFIG_REFUSED: i32 = 78;
/// The properties that are asked for.
pub(super) const PROPERTIES: &str =
    "--property=LoadState,ActiveState,ExecMainCode,ExecMainStatus,ActiveEnterTimestampMonotonic";

/// The state of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// It runs.
    Active {
        /// Since when, in seconds since boot.
        since: u64,
    },
    /// It is on its way up or down, or waits to be started again by systemd.
    Changing,
    /// Somebody stopped it, or it ended well.
    Stopped,
    /// Its program refused its configuration.
    ConfigRefused,
    /// It ended badly, and systemd starts it no more.
    Failed,
    /// There is no such service.
    Missing,
    /// systemd does not say.
    Unknown,
}

impl Unit {
    /// Reads what `systemctl show` prints for [`PROPERTIES`].
    #[must_use]
    pub fn of(shown: &str) -> Self {
        let value = |name: &str| {
            shown.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default()
        };
        if value("LoadState") == "not-found" {
            return Self::Missing;
        }
        match value("ActiveState") {
            "active" | "refreshing" => match value("ActiveEnterTimestampMonotonic").parse::<u64>() {
                Ok(micros) => Self::Active { since: micros / 1_000_000 },
                Err(_) => Self::Unknown,
            },
            "activating" | "deactivating" | "reloading" | "maintenance" => Self::Changing,
            "inactive" => Self::Stopped,
            // 1 is CLD_EXITED: it ended by itself, not by a signal.
            "failed"
                if value("ExecMainCode") == "1" && value("ExecMainStatus").parse() == Ok(CONFIG_REFUSED) =>
            {
                Self::ConfigRefused
            }
            "failed" => Self::Failed,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_systemctl_shows_is_understood() {
        let show = |active: &str, code: u8, status: u8| {
            format!(
                "ExecMainCode={code}\nExecMainStatus={status}\nLoadState=loaded\nActiveState={active}\n\
                 ActiveEnterTimestampMonotonic=61500000\n"
            )
        };
        for (shown, expected) in [
            (show("active", 0, 0), Unit::Active { since: 61 }),
            (show("activating", 1, 1), Unit::Changing),
            (show("activating", 1, 78), Unit::Changing),
            (show("deactivating", 0, 0), Unit::Changing),
            (show("inactive", 1, 0), Unit::Stopped),
            (show("failed", 1, 78), Unit::ConfigRefused),
            (show("failed", 2, 78), Unit::Failed),
            (show("failed", 1, 1), Unit::Failed),
            (show("failed", 2, 9), Unit::Failed),
            (show("dreaming", 0, 0), Unit::Unknown),
            ("LoadState=not-found\nActiveState=inactive\n".to_owned(), Unit::Missing),
            (String::new(), Unit::Unknown),
        ] {
            assert_eq!(Unit::of(&shown), expected, "{shown}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_printed_breaks_it(shown in "\\PC*") {
            let _ = Unit::of(&shown);
        }
    }
}
