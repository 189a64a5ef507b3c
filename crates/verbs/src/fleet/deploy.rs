//! A deploy, on a terminal.

use std::time::Duration;

use clap::Args;
use clawlets_control_client::{Client, ControlError, DeployRequest};
use clawlets_model::{
    ExitCode,
    control::{DeployAnswer, DeployState, DeployView, StatusAnswer},
    duration::{InvalidDuration, parse_duration},
};
use clawlets_printer::{Fault, FaultCode, Form, Printer, Step};
use serde::Serialize;
use tokio::time::{Instant, sleep};

use super::of_control;
use crate::Interrupt;

/// How often the control API is asked while somebody waits.
const PAUSE: Duration = Duration::from_secs(2);
/// For how long it may be away meanwhile.
const AWAY: Duration = Duration::from_secs(60);

/// Replace a host of the fleet, or all of them.
///
/// A bot may deploy another host, once in a while; all, itself, and named images are for people. With --wait, a deploy that
/// does not end well fails this; interrupted, it ends with exit code 10 and the deploy goes on.
///
/// Exit codes: 1 the deploy failed, 4 too many requests, 5 a deploy is running, 6 refused, 7 the control API or GitHub cannot be
/// reached.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct Deploy {
    /// A host, or all.
    #[arg(value_name = "all|HOST")]
    target: String,
    /// The image to deploy instead of the one that is declared.
    #[arg(long, value_name = "ami-…")]
    image: Option<String>,
    /// Wait until it is over.
    #[arg(long)]
    wait: bool,
    /// How long to wait at most, such as 90m. The deploy goes on after that.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "2h", requires = "wait")]
    timeout: Duration,
    /// The same key gives the same deploy, however often it is asked for: 1 to 200 characters.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// Ask on behalf of this host, and be judged as it.
    #[arg(long, value_name = "HOST")]
    caller: Option<String>,
}

/// What `--json` prints of a deploy that was waited for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Waited<'a> {
    #[serde(flatten)]
    answer: &'a DeployAnswer,
    deploy: &'a DeployView,
}

fn duration(text: &str) -> Result<Duration, InvalidDuration> {
    parse_duration(text)
}

impl Deploy {
    /// Begins it, and waits for it where that is wanted. `instance` is the host on whose behalf, where the flag does not say
    /// another.
    ///
    /// # Errors
    /// A fault when it is refused, failed, or the wait was interrupted.
    pub async fn run(
        self,
        printer: &Printer,
        client: &Client,
        instance: Option<String>,
    ) -> Result<ExitCode, Fault> {
        let mut interrupt = Interrupt::listen()?;
        let request = DeployRequest {
            target: self.target,
            ami_override: self.image,
            caller: self.caller.or(instance),
            idempotency_key: self.idempotency_key,
        };
        let answer = tokio::select! {
            answer = client.deploy(&request) => answer.map_err(|error| of_control(&error))?,
            () = interrupt.came() => {
                let fault = Fault::new(FaultCode::Interrupted, "you stopped before there was an answer");
                return Err(fault.hint("a deploy may have begun; 'fleet status' shows the last one"));
            }
        };
        if !self.wait {
            match printer.form() {
                Form::Json => printer.json(&answer),
                Form::Text => begun(printer, &answer),
            }
            return Ok(ExitCode::Ok);
        }
        if printer.form() == Form::Text {
            begun(printer, &answer);
        }
        let step = printer.step("Deploy");
        let over = watch(client, &answer.request_id, self.timeout, &step, &mut interrupt).await?;
        if printer.form() == Form::Json {
            printer.json(&Waited { answer: &answer, deploy: &over.deploy });
        }
        conclude(step, &over)
    }
}

fn begun(printer: &Printer, answer: &DeployAnswer) {
    printer.note(&answer.message);
    printer.data(format!("request  {}", answer.request_id));
    if let Some(run) = &answer.run {
        printer.data(format!("run      {}", run.url));
    }
}

/// A deploy that is over, and its hosts that say that they are not well.
struct Over {
    deploy: DeployView,
    unwell: Vec<String>,
}

async fn watch(
    client: &Client,
    request: &str,
    timeout: Duration,
    step: &Step<'_>,
    interrupt: &mut Interrupt,
) -> Result<Over, Fault> {
    let end = Instant::now() + timeout;
    let mut away = Instant::now() + AWAY;
    loop {
        let outcome = tokio::select! {
            outcome = client.status() => outcome,
            () = interrupt.came() => return Err(stopped(request)),
        };
        match outcome {
            Ok(answer) => {
                away = Instant::now() + AWAY;
                if let Some(over) = over(&answer, request, step)? {
                    return Ok(over);
                }
            }
            Err(ControlError::Refused { .. } | ControlError::Unreachable(_) | ControlError::Silent(_))
                if Instant::now() < away =>
            {
                step.update("the control API does not answer");
            }
            Err(error) => return Err(of_control(&error)),
        }
        if Instant::now() >= end {
            let fault = Fault::new(FaultCode::WaitTimeout, format!("deploy {request} is not over yet"));
            return Err(fault.hint("it goes on; 'fleet status' shows how it is"));
        }
        tokio::select! {
            () = sleep(PAUSE) => {}
            () = interrupt.came() => return Err(stopped(request)),
        }
    }
}

fn stopped(request: &str) -> Fault {
    Fault::new(FaultCode::Interrupted, format!("you stopped waiting; deploy {request} goes on"))
        .hint("'fleet status' shows how it is")
}

fn over(answer: &StatusAnswer, request: &str, step: &Step<'_>) -> Result<Option<Over>, Fault> {
    let Some(deploy) = answer.deploy.as_ref().filter(|deploy| deploy.request_id == request) else {
        let words = format!("the control API shows another deploy than {request} by now");
        return Err(Fault::new(FaultCode::ControlConflict, words).hint("its run at GitHub says how it ended"));
    };
    step.update(deploy.state.as_str());
    if !deploy.state.is_final() {
        return Ok(None);
    }
    let is_meant = |name: &str| deploy.target == "all" || deploy.target == name;
    let unwell = answer
        .instances
        .iter()
        .filter(|row| is_meant(&row.name) && row.health.as_deref() == Some("unhealthy"));
    let unwell = unwell.map(|row| row.name.clone()).collect();
    Ok(Some(Over { deploy: deploy.clone(), unwell }))
}

fn conclude(step: Step<'_>, over: &Over) -> Result<ExitCode, Fault> {
    let state = over.deploy.state;
    let run = over.deploy.run.as_ref().map(|run| format!("see {}", run.url));
    let hint = run.unwrap_or_else(|| "'fleet status' shows what is there".to_owned());
    let failed = |words: String| Err(Fault::new(FaultCode::DeployFailed, words).hint(hint));
    match state {
        DeployState::Succeeded if over.unwell.is_empty() => {
            step.done("succeeded");
            Ok(ExitCode::Ok)
        }
        DeployState::Succeeded => {
            failed(format!("the deploy succeeded, and is not well: {}", over.unwell.join(", ")))
        }
        DeployState::Missing => failed("GitHub took the deploy, and no run came of it".to_owned()),
        DeployState::Failed
        | DeployState::Cancelled
        | DeployState::Refused
        | DeployState::Expired
        | DeployState::Dispatching
        | DeployState::Dispatched
        | DeployState::Queued
        | DeployState::InProgress
        | DeployState::Unknown => failed(format!("the deploy is over: {}", state.as_str())),
    }
}
