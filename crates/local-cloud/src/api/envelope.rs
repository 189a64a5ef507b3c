//! Answers that succeed: one thing, or a page of many.

use std::cmp::Ordering;

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

use super::{params::Params, problem::Problem};

/// A JSON answer.
pub(super) fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// An answer that something was found.
pub(super) fn found(body: &Value) -> Response {
    answer(StatusCode::OK, body)
}

/// An answer that something was made, or has begun.
pub(super) fn created(body: &Value) -> Response {
    answer(StatusCode::CREATED, body)
}

/// An answer without anything to say.
pub(super) fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// One page of `items` under `name`, sorted and cut as the request asks. `sortable` are the fields that may be asked
/// for; items come in the order in which they were made.
pub(super) fn page(
    name: &str,
    items: Vec<Value>,
    sortable: &[&str],
    params: &Params,
) -> Result<Response, Problem> {
    page_body(name, items, sortable, params).map(|body| found(&body))
}

/// The body of such an answer, for a list that says more.
pub(super) fn page_body(
    name: &str,
    mut items: Vec<Value>,
    sortable: &[&str],
    params: &Params,
) -> Result<Value, Problem> {
    let keys = params.sort_keys(sortable)?;
    items.sort_by(|left, right| {
        let compared = keys.iter().map(|key| {
            let order = compare(&left[&key.field], &right[&key.field]);
            if key.is_descending { order.reverse() } else { order }
        });
        compared.fold(Ordering::Equal, Ordering::then)
    });
    let window = params.window()?;
    let total = items.len();
    let last = total.div_ceil(window.per_page).max(1);
    let rows: Vec<Value> = items
        .into_iter()
        .skip((window.page - 1).saturating_mul(window.per_page))
        .take(window.per_page)
        .collect();
    let meta = json!({ "pagination": {
        "page": window.page,
        "per_page": window.per_page,
        "previous_page": (window.page > 1).then(|| window.page - 1),
        "next_page": (window.page < last).then(|| window.page + 1),
        "last_page": last,
        "total_entries": total,
    } });
    Ok(json!({ name: rows, "meta": meta }))
}

fn compare(left: &Value, right: &Value) -> Ordering {
    match (left.as_u64(), right.as_u64()) {
        (Some(left), Some(right)) => left.cmp(&right),
        (None, _) | (_, None) => left.as_str().cmp(&right.as_str()),
    }
}
