//! `/_local/servers/{id}/timeline`: how a server's guest came to be, and how long that took.

use axum::{
    extract::{Path, State},
    response::Response,
};
use serde_json::{Value, json};

use super::{envelope::found, problem::Problem, shared::Shared};
use crate::vm::{Mark, Moment, Phase};

pub(super) async fn timeline(
    State(shared): State<Shared>,
    Path(server): Path<u64>,
) -> Result<Response, Problem> {
    shared.cloud.project().server(server)?;
    let (marks, origin) = (shared.cloud.timeline(server), shared.cloud.origin(server));
    Ok(found(&json!({ "timeline": {
        "server": server,
        "origin": origin,
        "accepted": accepted(&marks),
        "phases": phases(&marks),
    } })))
}

/// When the order was accepted, on the machine's monotonic clock, so that it can be set beside what others saw.
fn accepted(marks: &[Mark]) -> Moment {
    let accepted = marks.iter().rfind(|mark| mark.phase == Phase::Accepted).or(marks.first());
    accepted.map_or_else(Moment::now, |mark| mark.us)
}

/// Phases with the microseconds since the order was accepted. What was made ready before has negative ones.
fn phases(marks: &[Mark]) -> Vec<Value> {
    let zero = accepted(marks);
    marks.iter().map(|mark| json!({ "phase": mark.phase, "us": mark.us.since(zero) })).collect()
}
