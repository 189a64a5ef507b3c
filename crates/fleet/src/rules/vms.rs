//! Rules of disposable VMs.

use super::credentials;
use crate::{
    form::Fields,
    problem::{Draft, ProblemCode},
    section::{Cattle, CattleHetzner, CattleProvider},
};

/// The labels that the orchestrator sets on every VM, whatever the file says.
const OURS: [&str; 10] = [
    "managed-by",
    "cattle",
    "persona",
    "task-id",
    "job-id",
    "attempt",
    "requester",
    "orchestrator",
    "created-at",
    "expires-at",
];

pub(crate) fn cattle(cattle: &Cattle, fields: &mut Fields<'_, '_, '_>) {
    let needs_image = cattle.enabled && cattle.provider == CattleProvider::Hetzner;
    if needs_image && cattle.hetzner.image.is_none() {
        let draft = Draft::new(ProblemCode::Required, "is empty, and disposable VMs are switched on");
        fields.rule(&["hetzner", "image"], draft.expected("the image that VMs start from"));
    }
    credentials::mapped_twice(&cattle.secret_env, &["secretEnv"], fields);
}

pub(crate) fn cattle_labels(hetzner: &CattleHetzner, fields: &mut Fields<'_, '_, '_>) {
    for (key, value) in &hetzner.labels {
        // Files of earlier tools carry this one as its default.
        let is_default = key.as_str() == "managed-by" && matches!(value.as_str(), "clawlets" | "clawdlets");
        if OURS.contains(&key.as_str()) && !is_default {
            let draft =
                Draft::new(ProblemCode::NoEffect, "has no effect: the orchestrator sets this label itself");
            fields.rule(&["labels", key.as_str()], draft);
        }
    }
}
