//! What the stand-in knows, and what it does next.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};

use crate::{AppPem, lists::Lists, workflows::Workflows};

/// One installation of the App.
#[derive(Debug, Clone)]
pub struct Installation {
    /// Its id.
    pub id: u64,
    /// The repositories that it may see, without their owner.
    pub repositories: BTreeSet<String>,
    /// What it may do with them.
    pub permissions: BTreeMap<String, String>,
}

/// A token that was given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minted {
    /// The token.
    pub token: String,
    /// What it is good for.
    pub repositories: BTreeSet<String>,
    /// What it may do with them.
    pub permissions: BTreeMap<String, String>,
    /// When it ends, in unix seconds.
    pub expires_at: i64,
    /// Whether it was revoked.
    pub is_revoked: bool,
}

/// What happens to the next call that mints or revokes, in place of what ought to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mishap {
    /// It is refused with this status and these headers, and nothing happens.
    Refused(u16, Vec<(&'static str, String)>),
    /// It is sent elsewhere.
    SentTo(String),
    /// Its answer takes as long as anybody waits for it.
    Hangs,
    /// The body of its answer never ends.
    Endless,
    /// A token comes that is good for everything.
    TooBroad,
    /// A token comes that is over.
    Over,
    /// Something comes that is no answer.
    Nonsense,
}

/// Everything that it knows.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) app_id: u64,
    pub(crate) public: Vec<u8>,
    pub(crate) installation: Installation,
    pub(crate) minted: Vec<Minted>,
    pub(crate) mishaps: VecDeque<Mishap>,
    /// What every call is refused with, while there is something.
    pub(crate) outage: Option<u16>,
    /// Method and path of every call.
    pub(crate) calls: Vec<String>,
    /// How many mints run at once, and the most that ever did.
    pub(crate) at_once: (usize, usize),
    /// A token that opens everything.
    pub(crate) personal: Option<String>,
    /// What is open in which repository.
    pub(crate) lists: Lists,
    /// What was started, and how it goes.
    pub(crate) workflows: Workflows,
}

/// Repositories, and what may be done with them.
type Narrowed = (BTreeSet<String>, BTreeMap<String, String>);

pub(crate) type Known = Arc<Mutex<State>>;

pub(crate) fn lock(state: &Known) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    pub(crate) fn new(app_id: u64, pem: &AppPem, installation: Installation) -> Self {
        Self {
            app_id,
            public: pem.public.clone(),
            installation,
            minted: Vec::new(),
            mishaps: VecDeque::new(),
            outage: None,
            calls: Vec::new(),
            at_once: (0, 0),
            personal: None,
            lists: Lists::default(),
            workflows: Workflows::default(),
        }
    }

    /// The token that is good, if this is one.
    pub(crate) fn good(&mut self, token: &str, now: i64) -> Option<&mut Minted> {
        self.minted
            .iter_mut()
            .find(|known| known.token == token && !known.is_revoked && known.expires_at > now)
    }

    /// Narrows to what is asked; with a status and GitHub's words when the installation does not have that.
    pub(crate) fn narrow(&self, asked: &Value) -> Result<Narrowed, (u16, &'static str)> {
        let repositories = match asked.get("repositories") {
            None => self.installation.repositories.clone(),
            Some(names) => {
                names.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
            }
        };
        if !repositories.is_subset(&self.installation.repositories) {
            return Err((
                422,
                "There is at least one repository that does not exist or is not accessible to the parent installation.",
            ));
        }
        let Some(wanted) = asked.get("permissions").and_then(Value::as_object) else {
            return Ok((repositories, self.installation.permissions.clone()));
        };
        let mut permissions = BTreeMap::from([("metadata".to_owned(), "read".to_owned())]);
        for (name, access) in wanted {
            let access = access.as_str().unwrap_or_default();
            let has = self.installation.permissions.get(name).map(String::as_str);
            if rank(has) < rank(Some(access)) || rank(Some(access)) == 0 {
                return Err((422, "The permissions requested are not granted to this installation."));
            }
            permissions.insert(name.clone(), access.to_owned());
        }
        Ok((repositories, permissions))
    }
}

fn rank(access: Option<&str>) -> u8 {
    match access {
        Some("read") => 1,
        Some("write") => 2,
        Some("admin") => 3,
        Some(_) | None => 0,
    }
}

impl Minted {
    /// The answer to the call that made it.
    pub(crate) fn answer(&self) -> Value {
        let repository =
            |name: &String| json!({ "id": 1, "name": name, "full_name": format!("acme/{name}") });
        let expires_at = jiff::Timestamp::from_second(self.expires_at).unwrap_or_default();
        json!({
            "token": self.token,
            "expires_at": format!("{expires_at:.0}"),
            "permissions": self.permissions,
            "repository_selection": "selected",
            "repositories": self.repositories.iter().map(repository).collect::<Vec<_>>(),
        })
    }
}
