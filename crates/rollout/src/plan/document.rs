//! A plan as JSON. Only what the guard looks at is read; a newer program may say more.

use serde::Deserialize;
use serde_json::Value;

/// A plan.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Plan {
    /// The version of the format, such as `1.2`.
    pub format_version: String,
    /// Whether planning ended before its time.
    #[serde(default)]
    pub errored: bool,
    /// What happens to each resource, those included that nothing happens to.
    #[serde(default)]
    pub resource_changes: Vec<ResourceChange>,
    /// What can only be planned after something else was applied.
    #[serde(default)]
    pub deferred_changes: Vec<Value>,
    /// Actions of providers that no resource stands for.
    #[serde(default)]
    pub action_invocations: Vec<Value>,
}

/// What happens to one resource.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ResourceChange {
    /// Its address, such as `aws_instance.host["web-1"]`.
    pub address: String,
    /// Where it was in the state before, if it moves.
    #[serde(default)]
    pub previous_address: Option<String>,
    /// The module that it is in; none for the root.
    #[serde(default)]
    pub module_address: Option<String>,
    /// Whether it is managed or only read.
    pub mode: Mode,
    /// Its key under `for_each` or `count`.
    #[serde(default)]
    pub index: Option<Value>,
    /// Set for what is left over from a replacement that did not end.
    #[serde(default)]
    pub deposed: Option<String>,
    /// What happens.
    pub change: Change,
}

/// Whether a resource is managed or only read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It is made, changed and deleted.
    Managed,
    /// It is read.
    Data,
    /// What a newer program knows besides.
    #[serde(other)]
    Other,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Change {
    /// The steps, in order.
    pub actions: Vec<String>,
    /// The resource before; null when there is none.
    pub before: Value,
    /// The resource afterwards, as far as it is known.
    pub after: Value,
    /// Set where something that exists is taken over.
    pub importing: Option<Value>,
}

impl Plan {
    /// Reads what `tofu show -json PLAN` printed.
    ///
    /// # Errors
    /// When it is not JSON of that form.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}
