//! The hosts and bots that a configuration names, valid or not as a whole.

use std::path::Path;

use clap::Args;
use clap_complete::{ArgValueCandidates, CompletionCandidate};
use clawlets_fleet::{JsonPath, edit::FleetText};
use clawlets_model::{BotId, HostName, document::nearest};
use clawlets_printer::{Fault, FaultCode};
use serde_json::Value;

use super::{Project, read::read};

/// The flag of verbs that are about one host.
#[derive(Debug, Clone, Args)]
pub(crate) struct HostFlag {
    /// The host [default: the configuration's default host, or its only one].
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(host_candidates))]
    host: Option<HostName>,
}

impl HostFlag {
    /// The host that is meant, which is in the configuration.
    ///
    /// # Errors
    /// A fault when it is not, or when none is named and none is the default.
    pub(crate) fn resolve(&self, text: &FleetText) -> Result<HostName, Fault> {
        let names = hosts(text);
        if let Some(host) = &self.host {
            return known_host(&names, host);
        }
        let default = text.get(&JsonPath::of(["defaultHost"]));
        if let Some(default) = default.as_ref().and_then(Value::as_str).filter(|name| !name.is_empty()) {
            let fault =
                |fault| Fault::new(FaultCode::HostUnknown, fault).hint("name another host with --host");
            return match HostName::parse(default) {
                Ok(host) if names.iter().any(|name| name == default) => Ok(host),
                Ok(_) => Err(fault(format!("the default host {default} is not in the configuration"))),
                Err(error) => Err(fault(error.to_string())),
            };
        }
        match names.as_slice() {
            [only] => {
                HostName::parse(only).map_err(|error| Fault::new(FaultCode::HostUnknown, error.to_string()))
            }
            [] => Err(Fault::new(FaultCode::HostUnknown, "the configuration has no hosts")
                .hint("'clawlets host add --host NAME' adds one")),
            [_, _, ..] => {
                Err(Fault::new(FaultCode::HostUnknown, "there are several hosts, and none is the default")
                    .hint(format!("name one with --host: {}", names.join(", "))))
            }
        }
    }
}

/// A host that must be in the configuration.
///
/// # Errors
/// A fault with the nearest name that is.
pub(crate) fn known_host(names: &[String], host: &HostName) -> Result<HostName, Fault> {
    if names.iter().any(|name| name == host.as_str()) {
        return Ok(host.clone());
    }
    Err(Fault::new(FaultCode::HostUnknown, format!("there is no host {host} in the configuration")).hint(
        match nearest(host.as_str(), names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("'clawlets host add --host {host}' adds it"),
        },
    ))
}

/// Makes sure that a bot is in the configuration.
///
/// # Errors
/// A fault with the nearest name that is.
pub(crate) fn known_bot<'n>(names: impl Iterator<Item = &'n str> + Clone, bot: &BotId) -> Result<(), Fault> {
    if names.clone().any(|name| name == bot.as_str()) {
        return Ok(());
    }
    let fault = Fault::new(FaultCode::BotUnknown, format!("there is no bot {bot} in the configuration"));
    Err(match nearest(bot.as_str(), names) {
        Some(near) => fault.hint(format!("did you mean {near}?")),
        None => fault.hint("'clawlets bot list' shows the bots"),
    })
}

/// The hosts, in the order of the file.
pub(crate) fn hosts(text: &FleetText) -> Vec<String> {
    keys(text, &JsonPath::of(["hosts"]))
}

/// The bots, in the order of the file.
pub(crate) fn bots(text: &FleetText) -> Vec<String> {
    keys(text, &JsonPath::of(["fleet", "bots"]))
}

fn keys(text: &FleetText, path: &JsonPath) -> Vec<String> {
    match text.get(path) {
        Some(Value::Object(object)) => object.into_iter().map(|(key, _)| key).collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) | None => {
            Vec::new()
        }
    }
}

/// The hosts of the project that the shell stands in.
pub(crate) fn host_candidates() -> Vec<CompletionCandidate> {
    candidates(hosts)
}

/// The bots of the project that the shell stands in.
pub(crate) fn bot_candidates() -> Vec<CompletionCandidate> {
    candidates(bots)
}

/// Silent when there is no project, or it cannot be read.
fn candidates(names: fn(&FleetText) -> Vec<String>) -> Vec<CompletionCandidate> {
    let text = || {
        let project = Project::around(Path::new(".")).ok()?;
        FleetText::parse(read(project.config()).ok()?.text).ok()
    };
    text().map(|text| names(&text).into_iter().map(CompletionCandidate::new).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(flag: Option<&str>, text: &str) -> Result<String, String> {
        let flag = HostFlag { host: flag.map(|name| HostName::parse(name).unwrap()) };
        let host = flag.resolve(&FleetText::parse(text).unwrap());
        host.map(|host| host.to_string()).map_err(|fault| fault.hint_text().unwrap_or_default().to_owned())
    }

    #[test]
    fn a_host_is_named_or_the_default_or_the_only_one() {
        let two = r#"{"defaultHost":"b","hosts":{"a":{},"b":{}}}"#;
        for (flag, text, host) in [
            (Some("a"), two, Ok("a")),
            (None, two, Ok("b")),
            (None, r#"{"hosts":{"a":{}}}"#, Ok("a")),
            (None, r#"{"defaultHost":"","hosts":{"a":{}}}"#, Ok("a")),
            (None, r#"{"hosts":{"a":{},"b":{}}}"#, Err("name one with --host: a, b")),
            (None, r#"{"defaultHost":"c","hosts":{"a":{}}}"#, Err("name another host with --host")),
            (None, "{}", Err("'clawlets host add --host NAME' adds one")),
            (None, r#"{"hosts":[]}"#, Err("'clawlets host add --host NAME' adds one")),
            (Some("web-11"), r#"{"hosts":{"web-1":{}}}"#, Err("did you mean web-1?")),
        ] {
            assert_eq!(resolved(flag, text), host.map(str::to_owned).map_err(str::to_owned), "{text}");
        }
    }
}
