//! The exit codes of every program, in one table.

/// How a program ends. Scripts rely on these numbers; they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ExitCode {
    /// It worked.
    Ok = 0,
    /// It did not work; also a job that failed under `--wait`.
    Failed = 1,
    /// The command line or an input file is wrong.
    Usage = 2,
    /// What was named does not exist.
    NotFound = 3,
    /// Somebody else holds it.
    Busy = 4,
    /// It exists already, or changed meanwhile.
    Conflict = 5,
    /// A check or a policy refused it.
    Refused = 6,
    /// The other side cannot be reached, answered with a fault, or a file could not be read or written.
    Unreachable = 7,
    /// Interrupted; running it again goes on.
    Interrupted = 10,
    /// A daemon's configuration is invalid.
    ConfigInvalid = 78,
}

impl ExitCode {
    /// Every code, in order.
    pub const ALL: [Self; 10] = [
        Self::Ok,
        Self::Failed,
        Self::Usage,
        Self::NotFound,
        Self::Busy,
        Self::Conflict,
        Self::Refused,
        Self::Unreachable,
        Self::Interrupted,
        Self::ConfigInvalid,
    ];

    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// What the number means, in a few words.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed, or a job failed under --wait",
            Self::Usage => "usage: the command line or an input file is wrong",
            Self::NotFound => "not found",
            Self::Busy => "locked or busy",
            Self::Conflict => "conflict",
            Self::Refused => "refused by a check or policy",
            Self::Unreachable => "cannot reach, upstream or I/O fault",
            Self::Interrupted => "interrupted, can be resumed",
            Self::ConfigInvalid => "configuration invalid (daemons)",
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.code())
    }
}
