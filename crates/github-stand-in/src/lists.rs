//! Repositories with their pull requests and issues, in pages, with marks.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{
    routes::{bearer, fault},
    state::{Known, lock},
};

/// How many calls an hour are taken, by what it says.
const LIMIT: u64 = 5000;

/// A pull request or an issue.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Who opened it; nobody who is known any more, if `None`.
    pub author: Option<String>,
    /// The names of its labels.
    pub labels: Vec<String>,
}

/// What is open in one repository.
#[derive(Debug, Clone, Default)]
pub struct Open {
    /// Its pull requests.
    pub pull_requests: Vec<Entry>,
    /// Its issues, without the pull requests that GitHub lists among them.
    pub issues: Vec<Entry>,
    /// What calls about it are refused with, if they are.
    pub refused: Option<(u16, Vec<(&'static str, String)>)>,
    /// Whether nothing in it can be changed any more.
    pub is_archived: bool,
}

impl Entry {
    /// One by `ann`, without labels.
    #[must_use]
    pub fn new(number: u64, title: &str) -> Self {
        Self { number, title: title.to_owned(), author: Some("ann".to_owned()), labels: Vec::new() }
    }

    /// As many as are wanted, numbered from 1.
    #[must_use]
    pub fn many(count: u64) -> Vec<Self> {
        (1..=count).map(|number| Self::new(number, &format!("Change number {number} of many"))).collect()
    }

    fn answer(&self, repository: &str, kind: &str) -> Value {
        let mut answer = json!({
            "number": self.number,
            "state": "open",
            "title": self.title,
            "body": "What it is about, at length. ".repeat(20),
            "user": self.author.as_ref().map(|login| json!({ "login": login, "id": 1 })),
            "labels": self.labels.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
            "html_url": format!("https://github.com/acme/{repository}/{kind}/{}", self.number),
            "created_at": "2026-11-01T10:00:00Z",
            "updated_at": "2026-11-20T10:00:00Z",
        });
        if kind == "pull" {
            answer["draft"] = json!(false);
        }
        answer
    }
}

/// What pages are like.
#[derive(Debug, Clone)]
pub(crate) struct Lists {
    pub(crate) open: BTreeMap<String, Arc<Open>>,
    /// Where answers say that the next page is, in the place of where it is.
    pub(crate) next_leads_to: Option<String>,
    /// What the list of repositories is refused with, if it is.
    pub(crate) unlisted: Option<u16>,
    /// How many calls are left, by what answers say.
    pub(crate) remaining: u64,
    /// How many pages were sent, and how many were not because they had not changed.
    pub(crate) sent: (u64, u64),
}

impl Default for Lists {
    fn default() -> Self {
        Self { open: BTreeMap::new(), next_leads_to: None, unlisted: None, remaining: LIMIT, sent: (0, 0) }
    }
}

type Parameters = Query<BTreeMap<String, String>>;

pub(crate) async fn pull_requests(
    state: State<Known>,
    Path((_, repository)): Path<(String, String)>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Response {
    list(&state, &repository, "pulls", &parameters, &headers, |open| {
        open.pull_requests.iter().map(|entry| (entry, "pull")).collect()
    })
}

pub(crate) async fn issues(
    state: State<Known>,
    Path((_, repository)): Path<(String, String)>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Response {
    list(&state, &repository, "issues", &parameters, &headers, |open| {
        let pull_requests = open.pull_requests.iter().map(|entry| (entry, "pull"));
        pull_requests.chain(open.issues.iter().map(|entry| (entry, "issues"))).collect()
    })
}

pub(crate) async fn repositories(
    State(state): State<Known>,
    Path(owner): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Response {
    if let Some(refusal) = judge(&state, &headers) {
        return refusal;
    }
    if let Some(status) = lock(&state).lists.unlisted {
        return fault(status, "It is refused");
    }
    let items: Vec<Value> = lock(&state)
        .lists
        .open
        .iter()
        .map(|(name, open)| json!({ "name": name, "full_name": format!("{owner}/{name}"), "archived": open.is_archived }))
        .collect();
    page(&state, &format!("/orgs/{owner}/repos"), items.len(), &parameters, &headers, |range| {
        items[range].to_vec()
    })
}

fn list(
    state: &Known,
    repository: &str,
    kind: &str,
    parameters: &Parameters,
    headers: &HeaderMap,
    entries: impl Fn(&Open) -> Vec<(&Entry, &'static str)>,
) -> Response {
    if let Some(refusal) = judge(state, headers) {
        return refusal;
    }
    let Some(open) = lock(state).lists.open.get(repository).cloned() else { return fault(404, "Not Found") };
    if let Some((status, said)) = &open.refused {
        let mut response = fault(*status, "It is refused");
        for (name, value) in said {
            response.headers_mut().insert(*name, value.parse().expect("a header of a test is plain"));
        }
        return response;
    }
    let entries = entries(&open);
    page(state, &format!("/repos/acme/{repository}/{kind}"), entries.len(), parameters, headers, |range| {
        entries[range]
            .iter()
            .map(|(entry, sort)| {
                let mut answer = entry.answer(repository, sort);
                if kind == "issues" && *sort == "pull" {
                    answer["pull_request"] = json!({ "url": "https://api.github.com/" });
                }
                answer
            })
            .collect()
    })
}

/// Whether a call may be made; the answer if not.
fn judge(state: &Known, headers: &HeaderMap) -> Option<Response> {
    let now = jiff::Timestamp::now().as_second();
    let mut state = lock(state);
    let Some(token) = bearer(headers).map(str::to_owned) else {
        return Some(fault(401, "Requires authentication"));
    };
    let is_good = state.personal.as_deref() == Some(&token) || state.good(&token, now).is_some();
    (!is_good).then(|| fault(401, "Bad credentials"))
}

fn page(
    state: &Known,
    path: &str,
    count: usize,
    Query(parameters): &Parameters,
    headers: &HeaderMap,
    items: impl Fn(std::ops::Range<usize>) -> Vec<Value>,
) -> Response {
    let number = |name: &str, usual: usize| {
        parameters.get(name).and_then(|text| text.parse().ok()).unwrap_or(usual).max(1)
    };
    let (page, per_page) = (number("page", 1), number("per_page", 30).min(100));
    let begin = count.min((page - 1) * per_page);
    let end = count.min(begin + per_page);
    let body = Value::Array(items(begin..end));
    let mut hasher = DefaultHasher::new();
    (body.to_string(), end < count).hash(&mut hasher);
    let etag = format!("W/\"{:016x}\"", hasher.finish());
    let mut state = lock(state);
    let lists = &mut state.lists;
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == etag.as_str());
    let mut response = if is_known {
        lists.sent.1 += 1;
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        lists.sent.0 += 1;
        lists.remaining = lists.remaining.saturating_sub(1);
        Json(body).into_response()
    };
    let mut put = |name: &'static str, value: String| {
        let value = HeaderValue::from_str(&value).expect("a header of the stand-in is plain");
        response.headers_mut().insert(name, value);
    };
    put("etag", etag);
    put("x-ratelimit-remaining", lists.remaining.to_string());
    put("x-ratelimit-reset", (jiff::Timestamp::now().as_second() + 1800).to_string());
    if end < count {
        let others: Vec<String> = parameters
            .iter()
            .filter(|(name, _)| *name != "page")
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let next = format!("http://{host}{path}?{}&page={}", others.join("&"), page + 1);
        let next = lists.next_leads_to.clone().unwrap_or(next);
        put("link", format!("<{next}>; rel=\"next\", <http://{host}{path}?page=9>; rel=\"last\""));
    }
    response
}
