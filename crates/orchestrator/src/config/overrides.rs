//! Variables of the environment that win over the file.

use toml::{Spanned, de::DeTable, de::DeValue};

/// One variable and the key that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Override {
    /// The variable's name.
    pub variable: &'static str,
    /// The key that it replaces; a number stands for itself.
    pub key: &'static str,
}

/// Every variable that replaces a key of the file. An empty variable counts as not set.
pub const OVERRIDES: [Override; 12] = [
    Override { variable: "CLF_ID", key: "id" },
    Override { variable: "CLF_SOCKET", key: "socket" },
    Override { variable: "CLF_SOCKET_GROUP", key: "socket_group" },
    Override { variable: "CLF_STORE", key: "store" },
    Override { variable: "CLF_PERSONAS", key: "personas" },
    Override { variable: "CLF_AGENT_MODEL_PRIMARY", key: "agent_model_primary" },
    Override { variable: "CLF_PROVIDER_KIND", key: "provider.kind" },
    Override { variable: "HCLOUD_ENDPOINT", key: "provider.endpoint" },
    Override { variable: "GITHUB_API_URL", key: "github.endpoint" },
    Override { variable: "CLF_PROVIDER_TOKEN_FILE", key: "provider.token_file" },
    Override { variable: "CLF_CATTLE_IMAGE", key: "cattle.image" },
    Override { variable: "CLF_CATTLE_MAX_INSTANCES", key: "cattle.max_instances" },
];

/// The overrides that are set, taken from the environment by the program.
#[derive(Debug, Clone, Default)]
pub struct Overrides(Vec<(Override, String)>);

impl Overrides {
    /// Picks the known variables out of an environment.
    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let known = variables.into_iter().filter_map(|(name, value)| {
            let known = OVERRIDES.iter().find(|known| known.variable == name)?;
            (!value.is_empty()).then_some((*known, value))
        });
        Self(known.collect())
    }

    /// The variable that replaced a key, if one did.
    pub(super) fn variable_for(&self, key: &str) -> Option<&'static str> {
        self.0.iter().find(|(known, _)| known.key == key).map(|(known, _)| known.variable)
    }

    /// Puts the values into the file's tree, in place of what stood there.
    pub(super) fn apply<'a>(&'a self, root: &mut DeTable<'a>) {
        for (known, value) in &self.0 {
            let mut table = &mut *root;
            let mut segments = known.key.split('.').peekable();
            while let Some(segment) = segments.next() {
                let key = Spanned::new(0..0, segment.into());
                if segments.peek().is_none() {
                    table.insert(key, Spanned::new(0..0, scalar(value)));
                    break;
                }
                let entry =
                    table.entry(key).or_insert_with(|| Spanned::new(0..0, DeValue::Table(DeTable::new())));
                match entry.get_mut() {
                    DeValue::Table(inner) => table = inner,
                    // A scalar where a table belongs is reported when the tree is read.
                    DeValue::String(_)
                    | DeValue::Integer(_)
                    | DeValue::Float(_)
                    | DeValue::Boolean(_)
                    | DeValue::Datetime(_)
                    | DeValue::Array(_) => break,
                }
            }
        }
    }
}

/// A number as a number, anything else as text.
fn scalar(text: &str) -> DeValue<'_> {
    match DeValue::parse(text) {
        Ok(value) if value.get_ref().is_integer() => value.into_inner(),
        Ok(_) | Err(_) => DeValue::String(text.into()),
    }
}
