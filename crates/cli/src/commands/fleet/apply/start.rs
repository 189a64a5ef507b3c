//! Everything that a deploy needs, found out before it begins.

use std::{ffi::OsString, path::Path};

use clawlets_control_client::{Client, ControlUrl};
use clawlets_fleet::{Fleet, HostProvider};
use clawlets_model::{HostName, Secret};
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_rollout::{
    RequestId,
    deploy::{Extent, Machine, Record},
    image::{AccountImage, Why, choose},
    receipts::{Hold, ReceiptError, Receipts},
    tofu::{Module, Tofu},
};
use clawlets_verbs::environment::CONTROL_API_TOKEN;
use tokio::sync::watch;

use super::{
    super::variables::{MODULE, variables},
    Apply, HealthSource,
    eyes::Eyes,
    fault::{of_image, of_receipts, of_tofu},
    images::owned,
    program,
};
use crate::{
    aws::{account, of_aws},
    env_file::{Key, Settings},
};

/// A deploy that is ready to begin.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) machine: Machine,
    pub(super) extent: Extent,
    pub(super) tofu: Tofu,
    pub(super) eyes: Eyes,
    pub(super) receipts: Receipts,
    /// Becomes true when somebody wants the deploy to end.
    pub(super) stop: watch::Sender<bool>,
    /// What the last failure was, with its code and its hint.
    pub(super) failure: Option<Fault>,
    _hold: Hold,
}

/// Reads the declaration, finds the images, and makes OpenTofu ready.
pub(super) async fn start(apply: &Apply, printer: &Printer) -> Result<Start, Fault> {
    let project = apply.project.find(printer)?;
    let fleet = project.load(printer)?;
    let hosts = targets(apply, &fleet)?;
    let settings = Settings::load(&project.runtime())?;
    let eyes = Eyes {
        ec2: account(&fleet, &settings)?.ec2(),
        control: control(apply, &fleet, printer)?,
        deadline: apply.health_deadline,
    };
    let (stop, stopped) = watch::channel(false);
    let module = Module {
        folder: module_folder(apply, project.root())?,
        variables: variables(&fleet)?,
        environment: profile(&settings),
    };
    let receipts = Receipts::in_folder(&project.runtime().join("receipts/fleet-deploy"));
    let hold = receipts.hold().map_err(|error| of_receipts(&error))?;
    let program = program::find(apply.tofu.as_deref())?;
    let mut tofu = Tofu::new(program, module, receipts.folder(), stopped).map_err(|error| of_tofu(&error))?;
    let record = record(apply, &fleet, &hosts, &receipts, &eyes).await?;
    let step = printer.step("Find the state");
    tofu.init().await.map_err(|error| of_tofu(&error))?;
    step.done("");
    let extent = if apply.plan_only { Extent::PlanOnly } else { Extent::Whole };
    let machine = Machine::new(record, extent);
    Ok(Start { machine, extent, tofu, eyes, receipts, stop, failure: None, _hold: hold })
}

/// The hosts that are meant.
fn targets(apply: &Apply, fleet: &Fleet) -> Result<Vec<HostName>, Fault> {
    let at_aws = fleet.hosts.iter().filter(|(_, host)| host.provider == HostProvider::Aws);
    let declared: Vec<&HostName> = at_aws.map(|(name, _)| name).collect();
    let hosts = apply.target.select(&declared).map_err(|error| {
        Fault::new(FaultCode::HostUnknown, error.to_string()).hint("'clawlets fleet instances' lists them")
    })?;
    if hosts.is_empty() {
        return Err(Fault::new(FaultCode::HostUnknown, "no host is declared at AWS")
            .hint("'clawlets config set hosts.HOST.provider aws' says that one is"));
    }
    Ok(hosts.into_iter().cloned().collect())
}

/// The record of a deploy of that name, or a new one.
async fn record(
    apply: &Apply,
    fleet: &Fleet,
    hosts: &[HostName],
    receipts: &Receipts,
    eyes: &Eyes,
) -> Result<Record, Fault> {
    let request = apply.request_id.clone().unwrap_or_else(by_hand);
    if let Some(record) = receipts.find(&request).map_err(|error| of_receipts(&error))? {
        return same(apply, record);
    }
    let owned: Vec<AccountImage> = owned(&eyes.ec2).await.map_err(|error| of_aws(&error))?;
    let mut choices = Vec::new();
    for host in hosts {
        let pin = fleet.hosts.get(host).and_then(|host| host.aws.ami.as_ref());
        let choice = choose(apply.image.as_ref(), pin, &owned).map_err(|error| of_image(&error))?;
        choices.push((host.clone(), choice));
    }
    Ok(Record::new(request, apply.target.clone(), choices))
}

/// A record that is gone on with, which must be of the same deploy.
fn same(apply: &Apply, record: Record) -> Result<Record, Fault> {
    let overridden = record.hosts.iter().find(|host| host.choice.why == Why::Override);
    let image = overridden.map(|host| &host.choice.image);
    if record.target == apply.target && image == apply.image.as_ref() {
        return Ok(record);
    }
    let image = image.map_or_else(String::new, |image| format!(" with image {image}"));
    let before = format!("{}{image}", record.target);
    Err(of_receipts(&ReceiptError::Conflict { request: record.request, before }))
}

/// A name for a deploy that nobody named.
fn by_hand() -> RequestId {
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    RequestId::parse(&format!("by-hand-{now}-{}", std::process::id())).expect("digits and dashes are a name")
}

fn module_folder(apply: &Apply, root: &Path) -> Result<std::path::PathBuf, Fault> {
    let folder = apply.module.clone().unwrap_or_else(|| root.join(MODULE));
    if folder.is_dir() {
        return std::path::absolute(&folder).map_err(|error| {
            Fault::new(FaultCode::Io, format!("failed to find {}", folder.display())).because(&error)
        });
    }
    Err(Fault::new(FaultCode::ProjectUnknown, format!("there is no module in {}", folder.display()))
        .hint("a new project has one in infra/opentofu/aws; --module names another folder"))
}

/// The profile of `.clawlets/env`, for a program that does not read that file.
fn profile(settings: &Settings) -> Vec<(OsString, OsString)> {
    let profile = settings.get(Key::AwsProfile);
    profile.map(|(_, profile)| (Key::AwsProfile.name().into(), profile.expose().into())).into_iter().collect()
}

/// The control API, if what hosts say of themselves counts.
fn control(apply: &Apply, fleet: &Fleet, printer: &Printer) -> Result<Option<Client>, Fault> {
    if apply.plan_only {
        return Ok(None);
    }
    let preset = if fleet.control.url.is_some() { HealthSource::Host } else { HealthSource::Instance };
    match apply.health.unwrap_or(preset) {
        HealthSource::Instance => {
            printer.note("An instance counts as healthy when AWS says that it runs; its bots are not asked.");
            Ok(None)
        }
        HealthSource::Host => {
            let usage = |text: &str| Fault::new(FaultCode::UsageArguments, text);
            let url = fleet.control.url.as_ref().ok_or_else(|| {
                usage("hosts cannot be asked, since control.url is not declared")
                    .hint("--health instance goes by AWS alone")
            })?;
            let token = std::env::var(CONTROL_API_TOKEN.name).ok().filter(|token| !token.is_empty());
            let token = token.ok_or_else(|| {
                usage("hosts cannot be asked without a token of the control API")
                    .hint("put one into CONTROL_API_TOKEN, or go by AWS alone with --health instance")
            })?;
            let refused = |error: &dyn std::error::Error| {
                Fault::new(FaultCode::UsageValue, "the control API cannot be asked").because(error)
            };
            let url = ControlUrl::parse(url.as_str()).map_err(|error| refused(&error))?;
            Client::new(url, Secret::new(token)).map(Some).map_err(|error| refused(&error))
        }
    }
}
