//! Disposable VMs.

use std::{
    fs,
    io::{Read, Write},
    os::unix::net::UnixStream,
    time::Duration,
};

use clawlets_fleet::{Cattle, CattleProvider};

use crate::{
    subject::Subject,
    verdict::{Finding, Verdict},
};

/// How long the orchestrator may take.
const DEADLINE: Duration = Duration::from_secs(2);

fn enabled<'a>(subject: &'a Subject<'_>) -> Option<&'a Cattle> {
    subject.fleet().map(|fleet| &fleet.cattle).filter(|cattle| cattle.enabled)
}

fn is_billed(cattle: &Cattle) -> bool {
    match cattle.provider {
        CattleProvider::Hetzner => true,
        CattleProvider::Local => false,
    }
}

pub(crate) fn has_provider_token(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(_) = enabled(subject).filter(|cattle| is_billed(cattle)) else { return Vec::new() };
    Verdict::pass_if(subject.is_set("HCLOUD_TOKEN"), || {
        Verdict::problem(
            "HCLOUD_TOKEN is not set",
            "clawlets env init, then write the token into .clawlets/env",
        )
    })
    .of_project()
}

pub(crate) fn has_a_persona(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(_) = enabled(subject) else { return Vec::new() };
    let personas = fs::read_dir(subject.path("cattle/personas")).into_iter().flatten().flatten();
    let has_one = personas.into_iter().any(|entry| entry.path().join("SOUL.md").is_file());
    Verdict::pass_if(has_one, || {
        Verdict::problem("cattle/personas holds none", "clawlets cattle persona add --name rex")
    })
    .of_project()
}

pub(crate) fn has_a_budget(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(cattle) = enabled(subject).filter(|cattle| is_billed(cattle)) else { return Vec::new() };
    Verdict::pass_if(cattle.budget.monthly_eur.get() > 0, || {
        Verdict::problem("there is no cap", "clawlets config set cattle.budget.monthlyEur 20")
    })
    .of_project()
}

pub(crate) fn orchestrator_answers(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(_) = enabled(subject) else { return Vec::new() };
    let socket = subject.socket.display();
    match health(subject) {
        Ok(true) => Verdict::Pass,
        Ok(false) => {
            Verdict::problem(format!("{socket} answers, but is not well"), "journalctl -u clf-orchestrator")
        }
        Err(error) => Verdict::unknown(format!("{socket} does not answer: {error}")),
    }
    .of_project()
}

/// Asks `GET /healthz`.
fn health(subject: &Subject<'_>) -> std::io::Result<bool> {
    let mut stream = UnixStream::connect(&subject.socket)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    stream.set_write_timeout(Some(DEADLINE))?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: orchestrator\r\nConnection: close\r\n\r\n")?;
    let mut line = [0; 12];
    stream.read_exact(&mut line)?;
    Ok(&line == b"HTTP/1.1 200")
}
