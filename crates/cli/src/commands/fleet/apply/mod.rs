//! `clawlets fleet apply`: what the workflow that deploys calls.
//!
//! The order of the steps and every judgement are `clawlets-rollout`'s. Here is what it cannot know: the declaration, AWS, the
//! control API, and what is said to whoever watches.

mod eyes;
mod fault;
mod images;
mod program;
mod report;
mod start;
mod walk;

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum, ValueHint};
use clawlets_fleet::AmiId;
use clawlets_model::{ExitCode, duration::parse_duration};
use clawlets_printer::{Fault, Printer};
use clawlets_rollout::{RequestId, Target};

use crate::fleet_file::{ProjectFlag, host_candidates};

/// Replace hosts at AWS, one at a time, each with a new instance.
///
/// Nothing but the instances of the target is touched: a plan that would do more is refused. Each new instance must do its work
/// before the next host is touched, and the first failure ends the deploy. After an interruption the same request goes on.
#[derive(Debug, Args)]
pub(super) struct Apply {
    /// The host, or `all`.
    #[arg(value_name = "HOST|all", add = clap_complete::ArgValueCandidates::new(host_candidates))]
    target: Target,
    /// The image of the new instances, also an older one [default: the host's own, else the newest of the pipeline].
    #[arg(long, value_name = "AMI")]
    image: Option<AmiId>,
    /// The name of this deploy. Asking again under the same name goes on with it, or does nothing if it is done.
    #[arg(long, value_name = "REQUEST")]
    request_id: Option<RequestId>,
    /// Only plan, and say what would be done.
    #[arg(long, visible_alias = "dry-run")]
    plan_only: bool,
    /// What a new instance must show to count as healthy [default: host, where the fleet has a control API].
    #[arg(long, value_name = "WHO")]
    health: Option<HealthSource>,
    /// How long a new instance may take until it is healthy.
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = parse_duration)]
    health_deadline: Duration,
    /// The program to plan and apply with [default: tofu, else terraform].
    #[arg(long, value_name = "PROGRAM", value_hint = ValueHint::CommandName)]
    tofu: Option<PathBuf>,
    /// The folder of the module [default: infra/opentofu/aws in the project].
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    module: Option<PathBuf>,
    #[command(flatten)]
    project: ProjectFlag,
}

/// Who says that a new instance is healthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum HealthSource {
    /// The host itself, as the control API passes it on, besides AWS.
    Host,
    /// AWS: the instance runs, and is the only one of its host.
    Instance,
}

impl Apply {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let mut start = start::start(&self, printer).await?;
        let machine = walk::walk(&mut start, printer).await?;
        report::conclude(&machine, start.failure.take(), printer)
    }
}
