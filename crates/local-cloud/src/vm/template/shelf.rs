//! The templates that there are, and those being made.

use std::{
    collections::HashMap,
    os::fd::OwnedFd,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde::Serialize;
use tokio::{sync::watch, task::JoinSet};

use super::{key::TemplateKey, snapshot::Snapshot};
use crate::{
    state_dir::NOBODY,
    vm::{
        error::GuestError,
        guest_dir::GuestDir,
        shim_process::ShimCommand,
        spec::{Accelerator, Birth, GuestSpec, SnapshotFiles},
    },
};

/// How many templates are kept; each takes some 90 MB. The one that was used longest ago makes room.
const MAX_TEMPLATES: usize = 3;
/// How long to wait after a template could not be made.
const RETRY: Duration = Duration::from_secs(60);

/// A guest to make copies of.
#[derive(Debug)]
pub(in crate::vm) struct Template {
    snapshot: Snapshot,
    /// What its copies are, apart from who they are.
    body: GuestSpec,
}

impl Template {
    /// The files of its snapshot, by name and to be inherited.
    pub(in crate::vm) fn files(&self) -> (SnapshotFiles, Vec<Arc<OwnedFd>>) {
        (self.snapshot.names(), self.snapshot.files())
    }

    /// The specification of a copy that is nobody and will be born as `birth` says.
    pub(in crate::vm) fn nobody(&self, birth: impl FnOnce(SnapshotFiles) -> Birth) -> GuestSpec {
        GuestSpec { birth: birth(self.snapshot.names()), ..self.body.clone() }
    }
}

/// Why there is no template for a guest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::vm) enum NoTemplate {
    /// Nobody has told us that its guest program parks.
    #[error("the image's guest program cannot be copied")]
    DoesNotPark,
    /// Copies are restored by an emulator.
    #[error("copies are made of emulated guests only")]
    NotEmulated,
    /// It is being made.
    #[error("its template is being made")]
    BeingMade,
    /// It could not be made a short while ago.
    #[error("its template could not be made: {0}")]
    Failed(String),
    /// The daemon is about to end.
    #[error("the local cloud is ending")]
    Closed,
}

/// How far a template is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub(crate) enum TemplateState {
    /// It is being booted or saved.
    Making,
    /// Copies can be made.
    Ready {
        /// How long it took to make, in milliseconds.
        made_in_ms: u64,
        /// What it takes of the machine's memory, in bytes.
        bytes: u64,
    },
    /// It could not be made.
    Failed {
        /// Why.
        reason: String,
    },
}

/// A template as the owner of the cloud sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct TemplateView {
    /// The beginning of its key.
    pub(crate) key: String,
    /// The guest's memory.
    pub(crate) memory_mib: u32,
    /// How far it is.
    pub(crate) progress: TemplateState,
}

#[derive(Debug)]
struct Place {
    state: State,
    memory_mib: u32,
    used: Instant,
}

#[derive(Debug)]
enum State {
    Making,
    Ready { template: Arc<Template>, made_in: Duration },
    Failed { reason: String, at: Instant },
}

/// Every template. A clone of it is the same shelf.
#[derive(Clone, Debug)]
pub(in crate::vm) struct Shelf(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    shim: ShimCommand,
    folder: PathBuf,
    places: Mutex<Places>,
    /// Changes whenever the state of a template does.
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Places {
    of: HashMap<TemplateKey, Place>,
    making: JoinSet<()>,
    number: u64,
    closed: bool,
}

impl Shelf {
    /// A shelf whose templates are made below `folder`.
    pub(in crate::vm) fn new(shim: ShimCommand, folder: PathBuf) -> Self {
        let changes = watch::Sender::new(0);
        Self(Arc::new(Inner { shim, folder, places: Mutex::default(), changes }))
    }

    /// The template for a guest. If there is none, one is made in the background for the next.
    pub(in crate::vm) fn template(
        &self,
        spec: &GuestSpec,
    ) -> Result<(TemplateKey, Arc<Template>), NoTemplate> {
        if !spec.boot.parks {
            return Err(NoTemplate::DoesNotPark);
        }
        match spec.machine.accelerator {
            Accelerator::Tcg => {}
            Accelerator::Kvm => return Err(NoTemplate::NotEmulated),
        }
        let key = TemplateKey::of(spec);
        let mut places = self.places();
        if places.closed {
            return Err(NoTemplate::Closed);
        }
        if let Some(place) = places.of.get_mut(&key) {
            place.used = Instant::now();
            match &place.state {
                State::Ready { template, .. } => return Ok((key, Arc::clone(template))),
                State::Making => return Err(NoTemplate::BeingMade),
                State::Failed { reason, at } if at.elapsed() < RETRY => {
                    return Err(NoTemplate::Failed(reason.clone()));
                }
                State::Failed { .. } => {}
            }
        }
        self.begin(&mut places, key, spec);
        Err(NoTemplate::BeingMade)
    }

    /// Forgets a template whose copies turned out not to work. Copies that run keep what they have of it.
    pub(in crate::vm) fn distrust(&self, key: TemplateKey, reason: &str) {
        if let Some(place) = self.places().of.get_mut(&key) {
            place.state = State::Failed { reason: reason.to_owned(), at: Instant::now() };
        }
        self.changed();
    }

    /// Tells of every change from now on.
    pub(in crate::vm) fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// The templates, for the owner of the cloud.
    pub(in crate::vm) fn view(&self) -> Vec<TemplateView> {
        let places = self.places();
        let mut views: Vec<TemplateView> = places.of.iter().map(|(key, place)| place.view(*key)).collect();
        views.sort_by(|one, other| one.key.cmp(&other.key));
        views
    }

    /// Makes no more templates, and stops making the one under way.
    pub(in crate::vm) async fn close(&self) {
        let mut making = {
            let mut places = self.places();
            places.closed = true;
            places.of.clear();
            std::mem::take(&mut places.making)
        };
        making.shutdown().await;
    }

    fn begin(&self, places: &mut Places, key: TemplateKey, spec: &GuestSpec) {
        make_room(&mut places.of);
        let place = Place { state: State::Making, memory_mib: spec.machine.memory_mib, used: Instant::now() };
        places.of.insert(key, place);
        places.number += 1;
        let dir = GuestDir::new(self.0.folder.join(places.number.to_string()), NOBODY);
        let (shelf, body) = (self.clone(), GuestSpec::nobody(&spec.boot, &spec.machine));
        while places.making.try_join_next().is_some() {}
        places.making.spawn(async move { shelf.make(key, dir, body).await });
    }

    async fn make(&self, key: TemplateKey, dir: GuestDir, body: GuestSpec) {
        let began = Instant::now();
        let made = make(&self.0.shim, &dir, &body).await;
        if let Err(error) = dir.remove() {
            tracing::warn!(%error, "failed to remove what a template was made in");
        }
        // Whoever replaced a file meanwhile has another template in mind.
        let is_current = TemplateKey::of(&body) == key;
        let state = match made {
            Ok(snapshot) if is_current => {
                let made_in = began.elapsed();
                tracing::info!(template = %key, ms = made_in.as_millis(), bytes = snapshot.size(), "made a template");
                State::Ready { template: Arc::new(Template { snapshot, body }), made_in }
            }
            Ok(_) => State::Failed { reason: "its files were replaced".to_owned(), at: Instant::now() },
            Err(error) => {
                tracing::warn!(template = %key, %error, "failed to make a template: guests of its kind are booted");
                State::Failed { reason: error.to_string(), at: Instant::now() }
            }
        };
        if let Some(place) = self.places().of.get_mut(&key) {
            place.state = state;
        }
        self.changed();
    }

    fn changed(&self) {
        self.0.changes.send_modify(|count| *count += 1);
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        // Every change is a single assignment.
        self.0.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    fn view(&self, key: TemplateKey) -> TemplateView {
        let progress = match &self.state {
            State::Making => TemplateState::Making,
            State::Ready { template, made_in } => TemplateState::Ready {
                made_in_ms: u64::try_from(made_in.as_millis()).unwrap_or(u64::MAX),
                bytes: template.snapshot.size(),
            },
            State::Failed { reason, .. } => TemplateState::Failed { reason: reason.clone() },
        };
        TemplateView { key: key.to_string(), memory_mib: self.memory_mib, progress }
    }
}

fn make_room(places: &mut HashMap<TemplateKey, Place>) {
    while places.len() >= MAX_TEMPLATES {
        let idle = places.iter().filter(|(_, place)| !matches!(place.state, State::Making));
        let Some(oldest) = idle.min_by_key(|(_, place)| place.used).map(|(key, _)| *key) else { return };
        places.remove(&oldest);
    }
}

/// Boots a guest until it parks, and takes its snapshot.
async fn make(shim: &ShimCommand, dir: &GuestDir, body: &GuestSpec) -> Result<Snapshot, GuestError> {
    let failed = |action| {
        let path = dir.path().to_path_buf();
        move |source| GuestError::File { action, path, source }
    };
    let snapshot = Snapshot::blank(body.machine.memory_mib).map_err(failed("make the files of"))?;
    dir.create()?;
    let spec = GuestSpec { birth: Birth::Template(snapshot.names()), ..body.clone() };
    shim.start(dir, &spec, snapshot.files()).await?;
    // The shim says that it is ready a moment before it ends. Nobody may have the files mapped when they are sealed.
    let ended = dir.clone();
    let ended = tokio::task::spawn_blocking(move || ended.end()).await;
    ended.map_err(|error| failed("end the guest of")(std::io::Error::other(error)))??;
    snapshot.seal().map_err(failed("seal the files of"))?;
    Ok(snapshot)
}
