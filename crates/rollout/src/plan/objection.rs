//! What a plan holds that it must not.

use std::fmt;

use clawlets_fleet::AmiId;
use thiserror::Error;

/// What a plan would do to a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Make it.
    Create,
    /// Read it while the plan is applied.
    Read,
    /// Change it in place.
    Update,
    /// Delete it and make another.
    Replace,
    /// Delete it.
    Destroy,
    /// Forget it, so that nobody looks after it any more.
    Forget,
    /// Give it another name.
    Move,
    /// Take over one that exists.
    Import,
    /// Something that this program does not know, as the plan words it.
    Unknown(String),
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create => f.write_str("create"),
            Self::Read => f.write_str("read"),
            Self::Update => f.write_str("change"),
            Self::Replace => f.write_str("replace"),
            Self::Destroy => f.write_str("destroy"),
            Self::Forget => f.write_str("forget"),
            Self::Move => f.write_str("rename"),
            Self::Import => f.write_str("take over"),
            Self::Unknown(actions) => write!(f, "do something unknown ({actions}) to"),
        }
    }
}

/// One thing that a plan holds and must not.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Objection {
    /// The plan is of a format that this program does not know.
    #[error("the plan is of format {version}, which this program cannot read")]
    Format {
        /// The version.
        version: String,
    },
    /// Planning ended before its time.
    #[error("the plan is not complete, since planning failed")]
    Errored,
    /// Something is left to be planned later.
    #[error("the plan leaves something to be planned later")]
    Deferred,
    /// A provider would do something that no resource stands for.
    #[error("the plan runs an action of a provider")]
    Action,
    /// Something that does not belong to the host would not stay as it is.
    #[error("it would {effect} {address}, which is not part of this deploy")]
    Elsewhere {
        /// What would happen.
        effect: Effect,
        /// To what.
        address: String,
    },
    /// Something that belongs to the host would happen, but is no part of making it.
    #[error("it would {effect} {address}, which a deploy leaves alone")]
    Companion {
        /// What would happen.
        effect: Effect,
        /// To what.
        address: String,
    },
    /// The instance itself would be neither made nor replaced.
    #[error("it would {effect} {address} instead of making or replacing it")]
    Host {
        /// What would happen.
        effect: Effect,
        /// To which instance.
        address: String,
    },
    /// The instance would stay as it is.
    #[error("it would leave {address} as it is")]
    Untouched {
        /// The instance.
        address: String,
    },
    /// The instance would start from another image, or nobody can say from which.
    #[error("it would start the instance from {planned} instead of {ordered}")]
    Image {
        /// The image in the plan, or words for there being none.
        planned: String,
        /// The image that was chosen.
        ordered: AmiId,
    },
    /// The instance would not say which deploy made it.
    #[error("the new instance would not bear the name of this deploy")]
    Request,
}

/// Everything that a plan holds and must not.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the plan was refused: {}", list(.objections))]
pub struct Refused {
    /// At least one objection, in the order of the plan.
    pub objections: Vec<Objection>,
}

fn list(objections: &[Objection]) -> String {
    objections.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
