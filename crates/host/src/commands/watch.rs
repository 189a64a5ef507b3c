//! `clawlets-host watch`.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use clap::Args;
use clawlets_model::{
    ExitCode,
    host_status::{Health, HostStatus},
};
use clawlets_printer::{Fault, FaultCode, Form, Printer, Table, count, plain};

use super::update::terminated;
use crate::{
    config::{Config, ServeOn},
    fault::of_watch,
    program::ConfigFlag,
    watch::{News, Pass, Server, Watch, WatchError, document, tailnet_address},
};

const TURN: Duration = Duration::from_millis(250);

/// Watch over the bots: start one anew that is sick, and tell whoever asks how everything is.
///
/// Each gateway is asked how it is (`health.gateways` in the configuration), and so are systemd, the shared memory and the
/// disks. A bot that does not answer, or whose chats stay cut off, is started anew: a few times, each after a longer wait.
/// One that refuses its configuration (exit 78), and one that somebody stopped, is left alone; so is every bot while an
/// update is proven.
///
/// The status is written to `watch.state` and served at `GET /status` on loopback and the tailnet. It ends at SIGTERM.
#[derive(Debug, Args)]
pub(crate) struct WatchArguments {
    /// Look once, do what is due, print the status and end: with 1 when something is wrong.
    #[arg(long)]
    once: bool,
}

impl WatchArguments {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        if printer.form() == Form::Json && !self.once {
            let fault =
                Fault::new(FaultCode::UsageArguments, "a watch that stays has no end to print a document at");
            return Err(fault.hint("add '--once', or read 'GET /status'"));
        }
        let config = config.load()?;
        let ends = terminated()?;
        let mut watch = Watch::begin(&config).map_err(|error| of_watch(&error))?;
        if self.once { once(printer, &mut watch, &ends) } else { stay(printer, &config, &mut watch, &ends) }
    }
}

fn once(printer: &Printer, watch: &mut Watch<'_>, ends: &AtomicBool) -> Result<ExitCode, Fault> {
    let Pass { status, news, trouble } = watch.pass(ends).map_err(|error| of_watch(&error))?;
    for item in &news {
        if let News::Restarted { .. } | News::NotRestarted { .. } = item {
            say(printer, item);
        }
    }
    match printer.form() {
        Form::Json => printer.json(&status),
        Form::Text => show(printer, &status),
    }
    match trouble {
        Some(error) => Err(of_watch(&error)),
        None if status.health == Health::Unhealthy => Ok(ExitCode::Failed),
        None => Ok(ExitCode::Ok),
    }
}

fn stay(
    printer: &Printer,
    config: &Config,
    watch: &mut Watch<'_>,
    ends: &AtomicBool,
) -> Result<ExitCode, Fault> {
    let mut server = Server::new();
    if config.watch.serve_on.contains(&ServeOn::Loopback) {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, config.watch.port));
        let listening = server.listen(address);
        let address = listening.map_err(|source| of_watch(&WatchError::Serve { address, source }))?;
        printer.note(format!("The status is served at http://{address}/status."));
    }
    let mut said = String::new();
    while !ends.load(Ordering::SeqCst) {
        let unserved = listen_on_tailnet(printer, config, &mut server).err();
        let trouble = match watch.pass(ends) {
            Ok(Pass { status, news, trouble }) => {
                news.iter().for_each(|item| say(printer, item));
                server.publish(&document(&status));
                trouble
            }
            Err(error) => Some(error),
        };
        // The disk may be full, and have room at the next look. What stays is said once.
        let troubles: Vec<_> = unserved.into_iter().chain(trouble).collect();
        let text: String = troubles.iter().map(ToString::to_string).collect();
        if text != said {
            for error in &troubles {
                printer.fault(&of_watch(error));
            }
        }
        said = text;
        rest(config.watch.interval.duration(), ends);
    }
    Ok(ExitCode::Ok)
}

/// Listens on the tailnet as soon as the host has an address there.
fn listen_on_tailnet(printer: &Printer, config: &Config, server: &mut Server) -> Result<(), WatchError> {
    let is_wanted = config.watch.serve_on.contains(&ServeOn::Tailnet);
    if !is_wanted || server.addresses().iter().any(|address| !address.ip().is_loopback()) {
        return Ok(());
    }
    let Some(address) = tailnet_address(config) else { return Ok(()) };
    let address = server.listen(address).map_err(|source| WatchError::Serve { address, source })?;
    printer.note(format!("The status is served at http://{address}/status."));
    Ok(())
}

fn say(printer: &Printer, news: &News) {
    match news {
        News::Host { findings } if findings.is_empty() => printer.note("The host is well again."),
        News::Host { findings } => findings.iter().for_each(|finding| printer.warn(finding)),
        News::Bot { bot, health, findings } => {
            let why = if findings.is_empty() { String::new() } else { format!(": {}", findings.join("; ")) };
            printer.note(plain(&format!("{bot} is {}{why}.", health.as_str())));
        }
        News::Restarted { bot, count } => {
            printer.warn(format!("{bot} is started anew, restart {count} of this window"));
        }
        News::NotRestarted { bot } => {
            printer.warn(format!("{bot} was to be started anew, and systemd did not take the order"));
        }
    }
}

fn show(printer: &Printer, status: &HostStatus) {
    let bots = count(status.bots.len(), "bot");
    printer.data(format!("{} is {}, with {bots}", status.host, status.health.as_str()));
    status.findings.iter().for_each(|finding| printer.data(format!("  {finding}")));
    if status.bots.is_empty() {
        return;
    }
    let mut table = Table::new(["BOT", "HEALTH", "RESTARTS", "WHY"]);
    for bot in &status.bots {
        let why = bot.findings.join("; ");
        table.row([bot.id.to_string(), bot.health.as_str().to_owned(), bot.restarts.to_string(), why]);
    }
    printer.table(&table);
}

fn rest(interval: Duration, ends: &AtomicBool) {
    let end = Instant::now() + interval;
    while Instant::now() < end && !ends.load(Ordering::SeqCst) {
        thread::sleep(TURN.min(end.saturating_duration_since(Instant::now())));
    }
}
