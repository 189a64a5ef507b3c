//! The server.

use std::sync::{Arc, Mutex, OnceLock};

use crate::{
    AppPem, Dispatch, DispatchMishap, Installation, Minted, Mishap, Open,
    routes::router,
    served::Served,
    state::{Known, State, lock},
};

/// The App's key, the same for every GitHub of a process: to make one takes longer than most tests.
static KEY: OnceLock<AppPem> = OnceLock::new();

/// A running GitHub with one App. Dropping it ends it.
pub struct Github {
    served: Served,
    state: Known,
    pem: AppPem,
}

impl Github {
    /// The id of the App.
    pub const APP_ID: u64 = 4711;
    /// The id of its installation.
    pub const INSTALLATION_ID: u64 = 815;

    /// A GitHub whose installation has the repositories `clawlets` and `website`, may write contents and read issues.
    ///
    /// # Panics
    /// When no key can be made or no port be had.
    #[must_use]
    pub fn start() -> Self {
        let pair = |(name, access): (&str, &str)| (name.to_owned(), access.to_owned());
        let installation = Installation {
            id: Self::INSTALLATION_ID,
            repositories: ["clawlets", "website"].map(str::to_owned).into(),
            permissions: [
                ("actions", "write"),
                ("contents", "write"),
                ("issues", "read"),
                ("metadata", "read"),
            ]
            .map(pair)
            .into(),
        };
        let pem = KEY.get_or_init(|| AppPem::generate(2048)).clone();
        let state = Arc::new(Mutex::new(State::new(Self::APP_ID, &pem, installation)));
        let served = Served::start(router(Arc::clone(&state)));
        Self { served, state, pem }
    }

    /// The base URL of its API.
    #[must_use]
    pub fn api(&self) -> String {
        format!("http://{}", self.served.address())
    }

    /// The App's private key.
    #[must_use]
    pub const fn pem(&self) -> &AppPem {
        &self.pem
    }

    /// Every token that was given out, in order.
    #[must_use]
    pub fn minted(&self) -> Vec<Minted> {
        lock(&self.state).minted.clone()
    }

    /// Method and path of every call, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        lock(&self.state).calls.clone()
    }

    /// The most mints that ever ran at once.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        lock(&self.state).at_once.1
    }

    /// The next call that mints or revokes has a mishap.
    pub fn on_next(&self, mishap: Mishap) {
        lock(&self.state).mishaps.push_back(mishap);
    }

    /// From now on every call is refused with a status, or, with `None`, none any more.
    pub fn be_out_of_order(&self, status: Option<u16>) {
        lock(&self.state).outage = status;
    }

    /// Changes what the installation has.
    pub fn change_installation(&self, change: impl FnOnce(&mut Installation)) {
        change(&mut lock(&self.state).installation);
    }

    /// A token that opens everything, as a person has one.
    pub fn know_token(&self, token: &str) {
        lock(&self.state).personal = Some(token.to_owned());
    }

    /// Changes what is open in a repository of `acme`, which comes to be if it is not there.
    pub fn change_repository(&self, name: &str, change: impl FnOnce(&mut Open)) {
        change(Arc::make_mut(lock(&self.state).lists.open.entry(name.to_owned()).or_default()));
    }

    /// Removes a repository of `acme` with everything that is open in it.
    pub fn remove_repository(&self, name: &str) {
        lock(&self.state).lists.open.remove(name);
    }

    /// From now on answers say that the next page is there, or, with `None`, where it is.
    pub fn lead_to(&self, next: Option<String>) {
        lock(&self.state).lists.next_leads_to = next;
    }

    /// From now on the list of repositories is refused with a status, or, with `None`, not any more.
    pub fn refuse_listing(&self, status: Option<u16>) {
        lock(&self.state).lists.unlisted = status;
    }

    /// From now on answers say that so many calls are left.
    pub fn leave_calls(&self, remaining: u64) {
        lock(&self.state).lists.remaining = remaining;
    }

    /// Every workflow that was started, in order.
    #[must_use]
    pub fn dispatches(&self) -> Vec<Dispatch> {
        lock(&self.state).workflows.dispatches.clone()
    }

    /// The next start of a workflow has a mishap.
    pub fn on_next_dispatch(&self, mishap: DispatchMishap) {
        lock(&self.state).workflows.mishaps.push_back(mishap);
    }

    /// Every run that is not over is so from now on, such as `in_progress`, or `completed` with a conclusion.
    pub fn move_runs(&self, status: &str, conclusion: Option<&str>) {
        for run in lock(&self.state).workflows.runs.iter_mut().filter(|run| run.status != "completed") {
            run.status = status.to_owned();
            run.conclusion = conclusion.map(str::to_owned);
        }
    }

    /// How many pages of lists were sent, and how many were not because they had not changed.
    #[must_use]
    pub fn pages(&self) -> (u64, u64) {
        lock(&self.state).lists.sent
    }
}

impl std::fmt::Debug for Github {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Github").field("address", &self.served.address()).finish_non_exhaustive()
    }
}
