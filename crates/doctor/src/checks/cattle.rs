//! Disposable VMs.

use std::{
    collections::BTreeSet,
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    time::Duration,
};

use clawlets_fleet::{Bot, Cattle, CattleProvider, Fleet};
use clawlets_model::BotId;

use super::bootstrap::hetzner_token;
use crate::{
    fix::Fix,
    machine::Answer,
    subject::Subject,
    verdict::{Finding, Verdict},
};

/// How long the orchestrator may take.
const DEADLINE: Duration = Duration::from_secs(2);

fn enabled<'a>(subject: &'a Subject<'_>) -> Option<&'a Cattle> {
    subject.fleet().map(|fleet| &fleet.cattle).filter(|cattle| cattle.enabled)
}

/// The bots that may have VMs.
fn users(fleet: &Fleet) -> impl Iterator<Item = (&BotId, &Bot)> {
    fleet.shared.bots.iter().filter(|(_, bot)| bot.clf.cattle.allow)
}

fn is_billed(cattle: &Cattle) -> bool {
    match cattle.provider {
        CattleProvider::Hetzner => true,
        CattleProvider::Local => false,
    }
}

pub(crate) fn has_provider_token(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(_) = enabled(subject).filter(|cattle| is_billed(cattle)) else { return Vec::new() };
    hetzner_token(subject).of_project()
}

pub(crate) fn has_an_image(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(cattle) = enabled(subject) else { return Vec::new() };
    let verdict = match (cattle.provider, &cattle.hetzner.image) {
        (CattleProvider::Local, _) => {
            Verdict::of(subject.machine.has_local_image(), || Fix::run("clawlets local image build"))
        }
        (CattleProvider::Hetzner, None) => return Vec::new(),
        (CattleProvider::Hetzner, Some(_)) if !subject.is_set("HCLOUD_TOKEN") => {
            Verdict::unknown("without HCLOUD_TOKEN the provider cannot be asked")
        }
        (CattleProvider::Hetzner, Some(image)) => {
            let endpoint = cattle.hetzner.endpoint.as_ref().map(|endpoint| endpoint.as_str());
            let answer = subject.machine.has_cloud_image(endpoint, image.as_str());
            Verdict::of(answer, || Fix::run("clawlets config set cattle.hetzner.image IMAGE"))
        }
    };
    verdict.of_project()
}

pub(crate) fn has_a_sane_quota(subject: &Subject<'_>) -> Vec<Finding> {
    let (Some(fleet), Some(cattle)) = (subject.fleet(), enabled(subject)) else { return Vec::new() };
    let all = cattle.hetzner.max_instances;
    let look = |(name, bot): (&BotId, &Bot)| {
        let own = bot.clf.cattle.max_active;
        Verdict::pass_if(own <= all, || {
            let cause = format!("it may have {own} VMs at a time, and all bots together {all}");
            let path = format!("fleet.bots.{name}.clf.cattle.maxActive");
            Verdict::problem(cause, Fix::run(format!("clawlets config set {path} {all}")))
        })
        .about(name.as_str())
    };
    users(fleet).map(look).collect()
}

pub(crate) fn has_its_personas(subject: &Subject<'_>) -> Vec<Finding> {
    let (Some(fleet), Some(_)) = (subject.fleet(), enabled(subject)) else { return Vec::new() };
    let folder = subject.path("cattle/personas");
    let is_there = |name: &str| folder.join(name).join("SOUL.md").is_file();
    let wanted: BTreeSet<&str> = users(fleet)
        .flat_map(|(_, bot)| bot.clf.cattle.personas.iter().map(|persona| persona.as_str()))
        .collect();
    let add = |name: &str| Fix::run(format!("clawlets cattle persona add --name {name}"));
    if wanted.is_empty() {
        let entries = folder.read_dir().into_iter().flatten().flatten();
        let has_one = entries.into_iter().any(|entry| entry.path().join("SOUL.md").is_file());
        let verdict =
            Verdict::pass_if(has_one, || Verdict::problem("cattle/personas holds none", add("rex")));
        return verdict.of_project();
    }
    let look = |name: &str| {
        Verdict::pass_if(is_there(name), || Verdict::problem("cattle/personas does not have it", add(name)))
            .about(name)
    };
    wanted.into_iter().map(look).collect()
}

pub(crate) fn has_a_budget(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(cattle) = enabled(subject).filter(|cattle| is_billed(cattle)) else { return Vec::new() };
    Verdict::pass_if(cattle.budget.monthly_eur.get() > 0, || {
        let fix = Fix::run("clawlets config set cattle.budget.monthlyEur 20");
        Verdict::problem("nothing limits what they cost in a month", fix)
    })
    .of_project()
}

pub(crate) fn orchestrator_answers(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(_) = enabled(subject) else { return Vec::new() };
    let socket = subject.machine.socket();
    let shown = socket.display();
    let restart = || Fix::run("sudo systemctl restart clf-orchestrator.socket clf-orchestrator.service");
    let verdict = match health(&socket) {
        Ok(true) => Verdict::Pass,
        Ok(false) => Verdict::problem(
            format!("{shown} answers, and is not well"),
            Fix::run("journalctl --unit clf-orchestrator --lines 50"),
        ),
        // It runs on a host of the fleet, and rarely on the operator's own machine.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Verdict::unknown(format!("there is no {shown} on this machine"))
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Verdict::problem(
            format!("you may not open {shown}"),
            Fix::run("sudo usermod --append --groups clf-operators \"$USER\""),
        ),
        Err(error) => Verdict::of(Answer::No(format!("{shown} does not answer: {error}")), restart),
    };
    verdict.of_project()
}

/// Asks `GET /healthz`.
fn health(socket: &std::path::Path) -> io::Result<bool> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    stream.set_write_timeout(Some(DEADLINE))?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: orchestrator\r\nConnection: close\r\n\r\n")?;
    let mut line = [0; 12];
    stream.read_exact(&mut line)?;
    Ok(&line == b"HTTP/1.1 200")
}
