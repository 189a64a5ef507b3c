//! What survives the death of a daemon, and decides when it dies.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use clawlets_cloud::Exchange;
use clawlets_jobs::{Access, Attendant};
use jiff::Timestamp;
use serde_json::Value;
use tokio::{sync::Notify, time::Instant};
use url::Url;

use super::{
    guest::Guest,
    project::{Asked, Project},
    trouble::Trouble,
};

/// The way to the provider, and the way back.
const WAY: Duration = Duration::from_millis(20);
/// How long lists lag behind once they do.
const LAG_LASTS: Duration = Duration::from_secs(12);
/// Whose servers fill the first pages where pages matter.
pub(super) const NEIGHBOUR: &str = "neighbour";

/// Which fault the provider has, and from which moment on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Armed {
    pub(super) trouble: Trouble,
    pub(super) from: usize,
}

/// Everything outside of the daemon.
#[derive(Debug)]
pub(super) struct World {
    state: Mutex<State>,
    /// Told when the daemon dies.
    pub(super) died: Notify,
    /// Told when the store has something to do.
    busy: Notify,
}

/// What the world holds.
#[derive(Debug)]
pub(super) struct State {
    pub(super) project: Project,
    pub(super) guests: BTreeMap<u64, Guest>,
    /// The moments of all lives so far.
    pub(super) moments: Vec<String>,
    /// At which moments the daemon dies.
    pub(super) deaths: BTreeSet<usize>,
    /// The faults to come.
    pub(super) armed: Vec<Armed>,
    hits: u32,
    is_dead: bool,
    in_store: u32,
    /// The time at which the current life began, and when that was on the virtual clock.
    began: (Timestamp, Option<Instant>),
}

impl World {
    pub(super) fn new(cap: usize) -> Arc<Self> {
        let state = State {
            project: Project::new(cap),
            guests: BTreeMap::new(),
            moments: Vec::new(),
            deaths: BTreeSet::new(),
            armed: Vec::new(),
            hits: 0,
            is_dead: false,
            in_store: 0,
            began: (Timestamp::from_second(1_800_000_000).unwrap(), None),
        };
        Arc::new(Self { state: Mutex::new(state), died: Notify::new(), busy: Notify::new() })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A life begins on a virtual clock of its own.
    pub(super) fn begin(&self) {
        let mut state = self.lock();
        state.is_dead = false;
        state.in_store = 0;
        state.began.1 = Some(Instant::now());
    }

    /// A life is over; nothing happens for `gap`.
    pub(super) fn end(&self, gap: Duration) {
        let now = self.now();
        self.lock().began = (now + gap, None);
    }

    /// The true time.
    pub(super) fn now(&self) -> Timestamp {
        let (at, since) = self.lock().began;
        since.map_or(at, |since| at + since.elapsed())
    }

    /// The daemon reaches a moment. Says whether it lives on.
    fn moment(&self, label: String) -> bool {
        let mut state = self.lock();
        if state.is_dead {
            return false;
        }
        let number = state.moments.len();
        state.moments.push(label);
        if state.deaths.remove(&number) {
            state.is_dead = true;
            self.died.notify_one();
            return false;
        }
        true
    }

    /// Keeps the virtual clock from running on while the store's threads work.
    pub(super) async fn keep_the_clock(&self) {
        loop {
            if self.lock().in_store == 0 {
                self.busy.notified().await;
            } else {
                std::thread::yield_now();
                tokio::task::yield_now().await;
            }
        }
    }

    /// The fault that this request meets.
    fn trouble(&self, method: &str, is_list: bool, now: Timestamp) -> (Trouble, u32) {
        let mut state = self.lock();
        let reached = state.moments.len();
        let meets = |armed: &Armed| armed.from <= reached && armed.trouble.fits(method, is_list);
        let Some(place) = state.armed.iter().position(meets) else { return (Trouble::None, 0) };
        let trouble = state.armed[place].trouble;
        state.hits += 1;
        let hit = state.hits;
        if hit >= trouble.hits() {
            state.armed.remove(place);
            state.hits = 0;
        }
        match trouble {
            Trouble::ListLag => state.project.lags_until = Some(now + LAG_LASTS),
            Trouble::PageChange => state.project.shuffle(NEIGHBOUR, now),
            Trouble::None
            | Trouble::TimeoutBeforeAccept
            | Trouble::TimeoutAfterAccept
            | Trouble::Conflict
            | Trouble::NoCapacity
            | Trouble::Locked
            | Trouble::LimitedWithReset
            | Trouble::LimitedWithoutReset
            | Trouble::ServerErrors
            | Trouble::Unauthorized => {}
        }
        (trouble, hit)
    }

    async fn goes_on(&self, label: String) {
        if !self.moment(label) {
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl Exchange for World {
    async fn answer(&self, request: http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
        let url = Url::parse(&request.uri().to_string()).unwrap();
        let method = request.method().as_str();
        // Behind the version.
        let path: Vec<&str> = url.path_segments().unwrap().skip(1).collect();
        let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let what = format!("{method} {}{}", path[0], if path.len() > 1 { "/…" } else { "" });
        self.goes_on(format!("{what}: to be sent")).await;
        let is_list = method == "GET" && path == ["servers"];
        let (trouble, hit) = self.trouble(method, is_list, self.now());
        tokio::time::sleep(WAY).await;
        let has_effect = match trouble {
            Trouble::TimeoutBeforeAccept => std::future::pending().await,
            Trouble::ServerErrors => hit.is_multiple_of(2),
            Trouble::None | Trouble::TimeoutAfterAccept | Trouble::ListLag | Trouble::PageChange => true,
            Trouble::Conflict
            | Trouble::NoCapacity
            | Trouble::Locked
            | Trouble::LimitedWithReset
            | Trouble::LimitedWithoutReset
            | Trouble::Unauthorized => false,
        };
        let asked = Asked { method, path: &path, query: &query, body: request.body() };
        let mut answer = (404, Value::Null);
        if has_effect {
            let now = self.now();
            answer = self.lock().project.answer(&asked, now);
        }
        self.goes_on(format!("{what}: accepted")).await;
        if trouble == Trouble::TimeoutAfterAccept {
            std::future::pending::<()>().await;
        }
        let (status, body) = trouble.refusal().unwrap_or(answer);
        tokio::time::sleep(WAY).await;
        self.goes_on(format!("{what}: answered")).await;
        let mut response = http::Response::builder().status(status);
        if trouble == Trouble::LimitedWithReset {
            let now = Timestamp::now();
            let date = jiff::fmt::strtime::format("%a, %d %b %Y %H:%M:%S GMT", now).unwrap();
            let reset = now.as_second() + 5;
            response = response
                .header("date", date)
                .header("ratelimit-limit", "3600")
                .header("ratelimit-remaining", "0")
                .header("ratelimit-reset", reset.to_string());
        }
        response.body(body.to_string().into_bytes()).unwrap()
    }
}

impl Attendant for World {
    fn begins(&self, access: Access, operation: &'static str) -> bool {
        self.lock().in_store += 1;
        self.busy.notify_one();
        match access {
            Access::Read => !self.lock().is_dead,
            Access::Write => self.moment(format!("store {}: to be written", name(operation))),
        }
    }

    fn answered(&self, access: Access, operation: &'static str) -> bool {
        match access {
            Access::Read => !self.lock().is_dead,
            Access::Write => self.moment(format!("store {}: written", name(operation))),
        }
    }

    fn is_over(&self) {
        let mut state = self.lock();
        state.in_store = state.in_store.saturating_sub(1);
    }
}

/// The method's name in the name of a closure's type.
fn name(operation: &'static str) -> &'static str {
    let of_a_method = |part: &&str| !part.starts_with('{');
    operation.split("::").filter(of_a_method).last().unwrap_or(operation)
}
