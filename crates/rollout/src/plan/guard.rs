//! The guard.

use clawlets_fleet::AmiId;
use clawlets_model::HostName;
use serde_json::Value;

use super::{Effect, Mode, Objection, Plan, Refused, ResourceChange};
use crate::{InstanceId, REQUEST_TAG, RequestId, address_of};

/// What a plan is meant to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The host that gets a new instance.
    pub host: HostName,
    /// The image that it starts from.
    pub image: AmiId,
    /// The deploy that it belongs to.
    pub request: RequestId,
}

/// What a plan does that may be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The host gets its first instance, or one in the place of an instance that is gone.
    Create,
    /// The host's instance is deleted, and it gets another one.
    Replace {
        /// The instance that goes.
        from: Option<InstanceId>,
    },
}

/// Allows a plan, or names everything that is wrong with it.
///
/// The instance of the host must be made or replaced, from the image that was ordered and bearing the name of the deploy.
/// What is keyed with the name of the host in the root module (its role, its firewall) may be made together with its first
/// instance. Of everything else, be it managed or only read, nothing may happen. Steps that this program does not know are
/// refused wherever they are.
///
/// # Errors
/// [`Refused`] with every objection.
pub fn judge(plan: &Plan, order: &Order) -> Result<Verdict, Refused> {
    let mut objections = of_the_whole(plan);
    let address = address_of(&order.host);
    let mut verdict = None;
    for resource in &plan.resource_changes {
        if resource.address == address && verdict.is_none() {
            match of_the_host(resource, order) {
                Ok(found) => verdict = Some(found),
                Err(found) => objections.extend(found),
            }
        }
    }
    let was_named = plan.resource_changes.iter().any(|resource| resource.address == address);
    if !was_named {
        objections.push(Objection::Untouched { address: address.clone() });
    }
    let mut seen = false;
    for resource in &plan.resource_changes {
        if resource.address == address && !std::mem::replace(&mut seen, true) {
            continue;
        }
        objections.extend(of_another(resource, order, verdict.as_ref()));
    }
    match verdict {
        Some(verdict) if objections.is_empty() => Ok(verdict),
        Some(_) | None => Err(Refused { objections }),
    }
}

fn of_the_whole(plan: &Plan) -> Vec<Objection> {
    let mut objections = Vec::new();
    if plan.format_version.split('.').next() != Some("1") {
        let version = plan.format_version.chars().filter(|c| !c.is_control()).take(20).collect();
        objections.push(Objection::Format { version });
    }
    if plan.errored {
        objections.push(Objection::Errored);
    }
    if !plan.deferred_changes.is_empty() {
        objections.push(Objection::Deferred);
    }
    if !plan.action_invocations.is_empty() {
        objections.push(Objection::Action);
    }
    objections
}

/// What happens to the instance that is meant.
fn of_the_host(resource: &ResourceChange, order: &Order) -> Result<Verdict, Vec<Objection>> {
    let address = resource.address.clone();
    let Some(effect) = effect_of(resource) else {
        return Err(vec![Objection::Untouched { address }]);
    };
    let verdict = match effect {
        Effect::Create => Verdict::Create,
        Effect::Replace => Verdict::Replace { from: id_of(&resource.change.before) },
        Effect::Read
        | Effect::Update
        | Effect::Destroy
        | Effect::Forget
        | Effect::Move
        | Effect::Import
        | Effect::Unknown(_) => return Err(vec![Objection::Host { effect, address }]),
    };
    let after = &resource.change.after;
    let mut objections = Vec::new();
    if after["ami"].as_str() != Some(order.image.as_str()) {
        let planned = after["ami"].as_str().map(|image| image.chars().filter(|c| !c.is_control()).collect());
        objections.push(Objection::Image {
            planned: planned.unwrap_or_else(|| "an image that is not known yet".to_owned()),
            ordered: order.image.clone(),
        });
    }
    if after["tags"][REQUEST_TAG].as_str() != Some(order.request.as_str()) {
        objections.push(Objection::Request);
    }
    if objections.is_empty() { Ok(verdict) } else { Err(objections) }
}

fn of_another(resource: &ResourceChange, order: &Order, verdict: Option<&Verdict>) -> Option<Objection> {
    let effect = effect_of(resource)?;
    let address = resource.address.clone();
    let is_companion = resource.module_address.is_none()
        && resource.index.as_ref().and_then(Value::as_str) == Some(order.host.as_str());
    if !is_companion {
        return Some(Objection::Elsewhere { effect, address });
    }
    let is_made_with_it =
        matches!((resource.mode, &effect), (Mode::Managed, Effect::Create) | (Mode::Data, Effect::Read));
    (!(is_made_with_it && verdict == Some(&Verdict::Create)))
        .then_some(Objection::Companion { effect, address })
}

/// What happens to a resource; none when nothing does.
fn effect_of(resource: &ResourceChange) -> Option<Effect> {
    let actions: Vec<&str> = resource.change.actions.iter().map(String::as_str).collect();
    if resource.mode == Mode::Other {
        return Some(Effect::Unknown("a kind of resource".to_owned()));
    }
    if resource.change.importing.is_some() {
        return Some(Effect::Import);
    }
    if resource.previous_address.as_ref().is_some_and(|previous| *previous != resource.address) {
        return Some(Effect::Move);
    }
    if resource.deposed.is_some() {
        return Some(Effect::Destroy);
    }
    Some(match actions[..] {
        ["no-op"] => return None,
        ["create"] => Effect::Create,
        ["read"] => Effect::Read,
        ["update"] => Effect::Update,
        ["delete", "create"] | ["create", "delete"] => Effect::Replace,
        ["delete"] => Effect::Destroy,
        ["forget"] | ["create", "forget"] => Effect::Forget,
        _ => Effect::Unknown(plain(&actions.join(", "))),
    })
}

fn id_of(before: &Value) -> Option<InstanceId> {
    before["id"].as_str().and_then(|id| InstanceId::parse(id).ok())
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}
