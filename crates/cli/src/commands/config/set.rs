//! `clawlets config set`.

use clap::Args;
use clawlets_fleet::{Fleet, JsonPath, edit::typed_value};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Printer};
use serde_json::Value;

use crate::fleet_file::{EditFlags, of_change};

/// Set one value of the configuration.
///
/// A value is what the schema wants at its path: `true`, `3` or `["a"]` where it wants such a thing, and text otherwise.
/// What a value would break is refused; what was broken before can be repaired one value at a time.
#[derive(Debug, Args)]
pub(super) struct Set {
    /// Its path, such as `hosts.web-1.enable`, `fleet.botOrder.0` or `cattle.hetzner.labels."a.b"`.
    #[arg(value_name = "PATH", required_unless_present = "named")]
    path: Option<JsonPath>,
    /// The value.
    #[arg(value_name = "VALUE", allow_hyphen_values = true, required_unless_present_any = ["text", "json_value"])]
    value: Option<String>,
    /// The value as JSON, whatever the schema wants.
    #[arg(long, value_name = "JSON", alias = "value-json", conflicts_with_all = ["value", "text"], allow_hyphen_values = true)]
    json_value: Option<String>,
    /// Its path, as a flag.
    #[arg(long = "path", value_name = "PATH", id = "named", conflicts_with = "path", hide = true)]
    named: Option<JsonPath>,
    /// The value, as a flag.
    #[arg(
        long = "value",
        value_name = "VALUE",
        id = "text",
        conflicts_with = "value",
        hide = true,
        allow_hyphen_values = true
    )]
    text: Option<String>,
    #[command(flatten)]
    edit: EditFlags,
}

impl Set {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let path = self.path.or(self.named).unwrap_or_default();
        let value = match (&self.json_value, self.value.as_deref().or(self.text.as_deref())) {
            (Some(json), _) => json_value(json)?,
            (None, text) => typed_value(&Fleet::json_schema(), &path, text.unwrap_or_default())
                .map_err(|error| Fault::new(FaultCode::UsageValue, error.to_string()))?,
        };
        let change =
            self.edit.edit(printer, |text| text.set(&path, &value).map_err(|error| of_change(&error)));
        Ok(change.await?.report(printer, &format!("{path} is set.")))
    }
}

fn json_value(text: &str) -> Result<Value, Fault> {
    serde_json::from_str(text)
        .map_err(|error| Fault::new(FaultCode::UsageValue, "the value is not JSON").because(&error))
}
