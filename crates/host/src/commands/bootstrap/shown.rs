//! How far a boot is, as a person or a program reads it.

use clawlets_instance_bundle::BundleName;
use clawlets_model::HostName;
use clawlets_printer::{Form, Printer};
use serde::Serialize;

use crate::bootstrap::machine::{Failure, Phase, State};

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    phase: Phase,
    is_ready: bool,
    instance: Option<&'a HostName>,
    bucket: Option<&'a str>,
    prefix: Option<&'a str>,
    /// The bundle that is being brought in, or was last.
    candidate: Option<BundleName>,
    /// The bundle that was brought in as a whole.
    applied: Option<BundleName>,
    /// No bundle below this one is taken.
    floor: Option<BundleName>,
    /// Whether this boot goes on with the bundle from before.
    is_fallback: bool,
    failure: Option<&'a Failure>,
}

pub(super) fn show(printer: &Printer, state: &State) {
    let identity = state.identity.as_ref();
    match printer.form() {
        Form::Json => printer.json(&Document {
            phase: state.phase,
            is_ready: state.phase == Phase::Ready,
            instance: identity.map(|identity| &identity.instance),
            bucket: identity.map(|identity| identity.bucket.as_str()),
            prefix: identity.map(|identity| identity.prefix.as_str()),
            candidate: state.candidate,
            applied: state.applied,
            floor: state.seen,
            is_fallback: state.is_fallback,
            failure: state.failure.as_ref(),
        }),
        Form::Text => {
            let who = identity.map_or_else(|| "this instance".to_owned(), |who| who.instance.to_string());
            let bundle = state
                .applied
                .map_or_else(|| "no bundle yet".to_owned(), |applied| format!("bundle {}", applied.version));
            printer.data(format!("{who}: {}, {bundle}", state.phase.as_str()));
            if let Some(failure) = &state.failure {
                printer.note(format!("{}: {}", failure.phase.as_str(), failure.message));
            }
        }
    }
}
