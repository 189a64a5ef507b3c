//! What stands, by OpenTofu's state.

use std::collections::{BTreeMap, BTreeSet};

use clawlets_fleet::AmiId;
use clawlets_model::HostName;
use serde::Deserialize;
use serde_json::Value;

use crate::{InstanceId, REQUEST_TAG, address_of};

/// The instance of a host, as the state has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its id.
    pub instance: InstanceId,
    /// The image that it started from.
    pub image: Option<AmiId>,
    /// The deploy that made it, as its tag says.
    pub request: Option<String>,
    /// Whether its making came to an end. One that did not is replaced by the next plan.
    pub making: Making,
}

/// How far an instance was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Making {
    /// To its end.
    Whole,
    /// Something failed on the way.
    Tainted,
}

/// The instances of the hosts.
pub type Instances = BTreeMap<HostName, Standing>;

/// What the state holds of the hosts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Their instances.
    pub instances: Instances,
    /// The hosts that it holds anything of, such as their roles.
    pub hosts: BTreeSet<String>,
}

#[derive(Deserialize)]
struct State {
    #[serde(default)]
    values: Option<Values>,
}

#[derive(Deserialize)]
struct Values {
    #[serde(default)]
    root_module: Module,
}

#[derive(Deserialize, Default)]
struct Module {
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    address: String,
    #[serde(default)]
    index: Option<Value>,
    #[serde(default)]
    tainted: bool,
    #[serde(default)]
    deposed_key: Option<String>,
    #[serde(default)]
    values: Value,
}

/// Reads what `tofu show -json` printed of the state. A state that holds nothing yet is empty.
///
/// # Errors
/// When it is not JSON of that form.
pub fn holdings(bytes: &[u8]) -> Result<Holdings, serde_json::Error> {
    let state: State = serde_json::from_slice(bytes)?;
    let resources = state.values.map(|values| values.root_module.resources).unwrap_or_default();
    let keys = resources.iter().filter_map(|resource| resource.index.as_ref()?.as_str());
    Ok(Holdings {
        instances: resources.iter().filter_map(standing).collect(),
        hosts: keys.map(str::to_owned).collect(),
    })
}

fn standing(resource: &Resource) -> Option<(HostName, Standing)> {
    let host = HostName::parse(resource.index.as_ref()?.as_str()?).ok()?;
    if resource.address != address_of(&host) || resource.deposed_key.is_some() {
        return None;
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let standing = Standing {
        instance: InstanceId::parse(resource.values["id"].as_str()?).ok()?,
        image: resource.values["ami"].as_str().and_then(|id| AmiId::parse(id).ok()),
        request: text(&resource.values["tags"][REQUEST_TAG]),
        making: if resource.tainted { Making::Tainted } else { Making::Whole },
    };
    Some((host, standing))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn instances_are_found_in_a_state() {
        let host = |name: &str, values: Value, tainted: bool| json!({ "address": format!("aws_instance.host[\"{name}\"]"), "index": name, "tainted": tainted, "values": values });
        let state = json!({ "format_version": "1.0", "values": { "outputs": {}, "root_module": { "resources": [
            host("a", json!({ "id": "i-0123456789abcdef0", "ami": "ami-01234567", "tags": { "deploy-request": "r1" } }), false),
            host("b", json!({ "id": "i-01234567", "ami": "ami-01234567", "tags": null }), true),
            host("c", json!({ "id": null }), false),
            { "address": "aws_s3_bucket.bundles", "values": { "id": "x" } },
            { "address": "aws_iam_role.host[\"a\"]", "index": "a", "values": { "id": "i-01234567" } },
            { "address": "aws_instance.other[0]", "index": 0, "values": {} },
        ] } } });
        let found = holdings(state.to_string().as_bytes()).unwrap();
        assert!(found.hosts.contains("c"));
        let found = found.instances;
        assert_eq!(found.len(), 2);
        let a = &found[&HostName::parse("a").unwrap()];
        assert_eq!((a.request.as_deref(), a.making), (Some("r1"), Making::Whole));
        let b = &found[&HostName::parse("b").unwrap()];
        assert_eq!((b.request.as_deref(), b.making), (None, Making::Tainted));
    }

    #[test]
    fn a_state_with_nothing_in_it_is_empty() {
        for text in [r#"{"format_version":"1.0"}"#, r#"{"values":{}}"#, r#"{"values":{"root_module":{}}}"#] {
            assert_eq!(holdings(text.as_bytes()).unwrap(), Holdings::default(), "{text}");
        }
        assert!(holdings(b"No state.").is_err());
    }
}
