//! `clawlets host add`.

use clap::Args;
use clawlets_fleet::{JsonPath, edit::FleetText};
use clawlets_model::{ExitCode, HostName};
use clawlets_printer::{Fault, FaultCode, Printer};
use serde_json::{Value, json};

use super::settings::HostSettings;
use crate::fleet_file::{EditFlags, hosts, of_change};

/// The host that a new project declares when none was named.
const PRESET: &str = "web-1";

/// Add a host, with the settings that `host set` has.
///
/// It becomes the default when there is none yet, or when the only host is the `web-1` that a new project begins with and
/// nobody has touched.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// The name of the new host.
    #[arg(long, value_name = "NAME")]
    host: HostName,
    #[command(flatten)]
    settings: HostSettings,
    #[command(flatten)]
    edit: EditFlags,
}

impl Add {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let change = self.edit.edit(printer, |text| {
            let is_default = add(text, &self.host, &new())?;
            self.settings.apply(printer, text, &self.host)?;
            Ok(is_default)
        });
        let edited = change.await?;
        let host = &self.host;
        let summary = match edited.outcome {
            Standing::Default => format!("Host {host} is added, and is the default."),
            Standing::OneOfMany => format!("Host {host} is added."),
        };
        Ok(edited.report(printer, &summary))
    }
}

/// What a new host is among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands) enum Standing {
    Default,
    OneOfMany,
}

/// A host to start from; what it does not say is as the schema has it.
fn new() -> Value {
    json!({
        "enable": false,
        "provider": "hetzner",
        "provisioning": { "adminCidr": "", "sshPubkeyFile": "" },
        "sshExposure": { "mode": "bootstrap" },
        "tailnet": { "mode": "tailscale" },
    })
}

/// Adds a host, and makes it the default where that is due.
///
/// # Errors
/// A fault when the name is taken.
pub(in crate::commands) fn add(
    text: &mut FleetText,
    host: &HostName,
    settings: &Value,
) -> Result<Standing, Fault> {
    let others = hosts(text);
    if others.iter().any(|other| other == host.as_str()) {
        return Err(Fault::new(FaultCode::HostExists, format!("host {host} exists already"))
            .hint(format!("'clawlets host set --host {host} …' changes it")));
    }
    let default = JsonPath::of(["defaultHost"]);
    let has_default =
        text.get(&default).is_some_and(|name| name.as_str().is_some_and(|name| !name.is_empty()));
    let replaces_preset = others == [PRESET] && is_untouched(text);
    text.set(&JsonPath::of(["hosts", host.as_str()]), settings).map_err(|error| of_change(&error))?;
    if has_default && !replaces_preset {
        return Ok(Standing::OneOfMany);
    }
    text.set(&default, &host.as_str().into()).map_err(|error| of_change(&error))?;
    Ok(Standing::Default)
}

/// Whether the preset host is as a new project has it: nothing is enabled, and nothing was said of where it is.
fn is_untouched(text: &FleetText) -> bool {
    let Some(Value::Object(host)) = text.get(&JsonPath::of(["hosts", PRESET])) else { return false };
    let expected = new();
    host.iter().all(|(key, value)| expected.get(key) == Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str) -> (Standing, String) {
        let mut text = FleetText::parse(text).unwrap();
        let standing = add(&mut text, &HostName::parse("db-1").unwrap(), &json!({})).unwrap();
        let default = text.get(&JsonPath::of(["defaultHost"]));
        (standing, default.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default())
    }

    #[test]
    fn the_first_real_host_becomes_the_default() {
        let fresh = json!({ "defaultHost": "web-1", "hosts": { "web-1": new() } });
        let mut touched = fresh.clone();
        touched["hosts"]["web-1"]["provisioning"]["adminCidr"] = "203.0.113.1/32".into();
        let mut several = fresh.clone();
        several["hosts"]["web-2"] = json!({});
        for (text, expected) in [
            (fresh, (Standing::Default, "db-1")),
            (touched, (Standing::OneOfMany, "web-1")),
            (several, (Standing::OneOfMany, "web-1")),
            (json!({ "defaultHost": "web-1", "hosts": { "web-1": {} } }), (Standing::Default, "db-1")),
            (json!({ "hosts": { "a": { "enable": true } } }), (Standing::Default, "db-1")),
            (json!({ "defaultHost": "a", "hosts": { "a": {} } }), (Standing::OneOfMany, "a")),
            (json!({}), (Standing::Default, "db-1")),
        ] {
            let (standing, default) = added(&text.to_string());
            assert_eq!((standing, default.as_str()), expected, "{text}");
        }
    }
}
