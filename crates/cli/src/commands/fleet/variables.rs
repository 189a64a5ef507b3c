//! What the OpenTofu module of the fleet's hosts at AWS is told, from the declaration.

use clawlets_fleet::{Fleet, Host, HostProvider, SshExposureMode};
use clawlets_model::HostName;
use clawlets_printer::{Fault, FaultCode};
use serde_json::{Map, Value, json};

use super::registry::of_fleet;

/// Where the module lies in a project.
pub(super) const MODULE: &str = "infra/opentofu/aws";

/// The values of the module's variables, but for those that a deploy or the operator gives.
///
/// # Errors
/// A fault that names the setting which the module cannot do without.
pub(super) fn variables(fleet: &Fleet) -> Result<Map<String, Value>, Fault> {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let bucket = fleet.aws.bucket.as_ref().ok_or_else(|| missing("aws.bucket", "fleet-bundles"))?;
    let repo = fleet.control.repo.as_ref().ok_or_else(|| missing("control.repo", "owner/name"))?;
    let mut instances = Map::new();
    let registry = of_fleet(fleet);
    for (name, host) in fleet.hosts.iter().filter(|(_, host)| host.provider == HostProvider::Aws) {
        let entry = registry.get(name).expect("the registry has every host at AWS");
        instances.insert(name.to_string(), instance(fleet, name, host, &json!(entry))?);
    }
    let document = json!({
        "aws_region": fleet.aws.region.as_str(),
        "bucket": bucket.as_str(),
        "secrets_prefix": fleet.aws.secrets_prefix.as_str(),
        "control_repo": repo.as_str(),
        "control_workflow": fleet.control.workflow.as_str(),
        "control_ref": fleet.control.git_ref.as_str(),
        "control_url": text(fleet.control.url.as_ref().map(|url| url.as_str())),
        "instances": instances,
    });
    match document {
        Value::Object(document) => Ok(document),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Ok(Map::new())
        }
    }
}

/// An instance: what the registry says, its disk, and who may come in over SSH.
fn instance(fleet: &Fleet, name: &HostName, host: &Host, entry: &Value) -> Result<Value, Fault> {
    if host.aws.region != fleet.aws.region {
        let fault =
            format!("host {name} is in {}, and the fleet's bucket in {}", host.aws.region, fleet.aws.region);
        return Err(Fault::new(FaultCode::FleetRefused, fault)
            .hint("the module makes everything in one region: set hosts.HOST.aws.region or aws.region"));
    }
    let open = match host.ssh_exposure.mode {
        SshExposureMode::Tailnet => None,
        SshExposureMode::Bootstrap | SshExposureMode::Public => host.provisioning.admin_cidr.as_ref(),
    };
    let mut instance = entry.clone();
    instance["rootVolumeGb"] = host.aws.root_volume_gb.get().into();
    instance["sshCidrs"] = open.map(ToString::to_string).into_iter().collect();
    Ok(instance)
}

fn missing(path: &str, example: &str) -> Fault {
    Fault::new(FaultCode::FleetRefused, format!("the declaration says nothing about {path}"))
        .hint(format!("'clawlets config set {path} {example}' sets it"))
}
