//! The calls.

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde_json::{Value, json};

use crate::{
    assertion, lists,
    state::{Known, Minted, Mishap, lock},
    workflows,
};

/// How long a token lives, in seconds.
const LIFE: i64 = 3600;

pub(crate) fn router(state: Known) -> Router {
    Router::new()
        .route("/app/installations/{id}/access_tokens", post(mint))
        .route("/installation/token", delete(revoke))
        .route("/installation/repositories", get(repositories))
        .route("/orgs/{org}/repos", get(lists::repositories))
        .route("/repos/{owner}/{repo}/pulls", get(lists::pull_requests))
        .route("/repos/{owner}/{repo}/issues", get(lists::issues))
        .merge(workflows::routes())
        .layer(middleware::from_fn_with_state(Known::clone(&state), gate))
        .with_state(state)
}

pub(crate) fn fault(status: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(json!({ "message": message, "documentation_url": "https://docs.github.com/rest" })))
        .into_response()
}

/// What every call must have, and what goes wrong with it on a bad day.
async fn gate(State(state): State<Known>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let outage = {
        let mut state = lock(&state);
        state.calls.push(format!("{} {path}", request.method()));
        state.outage
    };
    if let Some(status) = outage {
        return fault(status, "Unicorn!");
    }
    if !request.headers().contains_key(header::USER_AGENT) {
        return fault(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
        );
    }
    if request.headers().get("x-github-api-version").is_none_or(|version| version != "2022-11-28") {
        return fault(400, "This version of the API is not supported");
    }
    next.run(request).await
}

/// Waits its turn among the mishaps; `None` when the call goes well.
async fn mishap(state: &Known) -> Option<Response> {
    let mishap = lock(state).mishaps.pop_front()?;
    Some(match mishap {
        Mishap::Refused(status, headers) => {
            let mut response = fault(status, "API rate limit exceeded or something else is wrong");
            for (name, value) in headers {
                if let Ok(value) = value.parse() {
                    response.headers_mut().insert(name, value);
                }
            }
            response
        }
        Mishap::SentTo(place) => {
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, place)]).into_response()
        }
        Mishap::Hangs => std::future::pending().await,
        Mishap::Endless => Response::builder()
            .status(StatusCode::CREATED)
            .body(Body::from(vec![b' '; 9 * 1024 * 1024]))
            .unwrap_or_default(),
        Mishap::Nonsense => (StatusCode::CREATED, "<html>").into_response(),
        Mishap::TooBroad | Mishap::Over => {
            let mut state = lock(state);
            let (is_broad, now) = (mishap == Mishap::TooBroad, jiff::Timestamp::now().as_second());
            let minted = Minted {
                token: fresh(),
                repositories: state.installation.repositories.clone(),
                permissions: state.installation.permissions.clone(),
                expires_at: if is_broad { now + LIFE } else { now - 1 },
                is_revoked: false,
            };
            let mut answer = minted.answer();
            if is_broad {
                answer["repository_selection"] = json!("all");
            } else {
                answer["permissions"] = json!({});
                answer["repositories"] = json!([]);
            }
            state.minted.push(minted);
            (StatusCode::CREATED, Json(answer)).into_response()
        }
    })
}

async fn mint(State(state): State<Known>, Path(id): Path<u64>, headers: HeaderMap, body: String) -> Response {
    let now = jiff::Timestamp::now().as_second();
    {
        let state = lock(&state);
        let Some(jwt) = bearer(&headers) else { return fault(401, "A JSON web token could not be decoded") };
        if let Err(words) = assertion::judge(jwt, &state.public, state.app_id, now) {
            return fault(401, words);
        }
    }
    begin(&state).await;
    let answer = match mishap(&state).await {
        Some(mishap) => mishap,
        None => mint_well(&state, id, &body, now),
    };
    lock(&state).at_once.0 -= 1;
    answer
}

/// Counts the mints that run at once, and lets others come in between.
async fn begin(state: &Known) {
    {
        let mut state = lock(state);
        state.at_once.0 += 1;
        state.at_once.1 = state.at_once.1.max(state.at_once.0);
    }
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

fn mint_well(state: &Known, id: u64, body: &str, now: i64) -> Response {
    let mut state = lock(state);
    if state.installation.id != id {
        return fault(404, "Not Found");
    }
    let asked: Value =
        if body.is_empty() { json!({}) } else { serde_json::from_str(body).unwrap_or_default() };
    if !asked.is_object() {
        return fault(400, "Problems parsing JSON");
    }
    let (repositories, permissions) = match state.narrow(&asked) {
        Ok(narrowed) => narrowed,
        Err((status, words)) => return fault(status, words),
    };
    let minted =
        Minted { token: fresh(), repositories, permissions, expires_at: now + LIFE, is_revoked: false };
    let answer = minted.answer();
    state.minted.push(minted);
    (StatusCode::CREATED, Json(answer)).into_response()
}

async fn revoke(State(state): State<Known>, headers: HeaderMap) -> Response {
    if let Some(mishap) = mishap(&state).await {
        return mishap;
    }
    let now = jiff::Timestamp::now().as_second();
    match bearer(&headers)
        .and_then(|token| lock(&state).good(token, now).map(|known| known.is_revoked = true))
    {
        Some(()) => StatusCode::NO_CONTENT.into_response(),
        None => fault(401, "Bad credentials"),
    }
}

async fn repositories(State(state): State<Known>, headers: HeaderMap) -> Response {
    let now = jiff::Timestamp::now().as_second();
    let mut state = lock(&state);
    match bearer(&headers).and_then(|token| state.good(token, now)) {
        Some(known) => {
            let repositories = known.answer()["repositories"].take();
            Json(json!({ "total_count": known.repositories.len(), "repositories": repositories }))
                .into_response()
        }
        None => fault(401, "Bad credentials"),
    }
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// A new token in the form of GitHub's.
fn fresh() -> String {
    let mut bytes = [0; 18];
    getrandom::fill(&mut bytes).expect("the system has randomness to give");
    format!("ghs_{}", hex::encode(bytes))
}
