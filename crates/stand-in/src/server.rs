//! The socket, its routes, and what was asked.

use std::{
    collections::{BTreeMap, VecDeque},
    io::Write,
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use clawlets_model::socket::ApiErrorCode;
use tempfile::TempDir;

use crate::{Answer, Asked};

/// A scripted orchestrator on a unix socket of its own. It ends when it is dropped.
#[derive(Debug)]
pub struct StandIn {
    folder: TempDir,
    state: Arc<State>,
    listener: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    script: Mutex<BTreeMap<String, VecDeque<Answer>>>,
    asked: Mutex<Vec<Asked>>,
    stopping: AtomicBool,
}

impl StandIn {
    /// Starts a stand-in that answers every route with `not_found`.
    ///
    /// # Panics
    /// When no folder, socket or thread can be had; a test cannot go on then.
    #[must_use]
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a test has a temporary folder");
        let listener = UnixListener::bind(socket_in(&folder)).expect("a fresh folder takes a socket");
        let state = Arc::new(State::default());
        let accepting = Arc::clone(&state);
        let listener = thread::spawn(move || {
            for connection in listener.incoming() {
                if accepting.stopping.load(Ordering::SeqCst) {
                    break;
                }
                if let Ok(connection) = connection {
                    let state = Arc::clone(&accepting);
                    thread::spawn(move || state.serve(&connection));
                }
            }
        });
        Self { folder, state, listener: Some(listener) }
    }

    /// Scripts a route, such as `GET /v1/jobs`: these answers one after the other, the last one for ever.
    #[must_use]
    pub fn on(self, route: &str, answers: impl IntoIterator<Item = Answer>) -> Self {
        lock(&self.state.script).insert(route.to_owned(), answers.into_iter().collect());
        self
    }

    /// Where it listens.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        socket_in(&self.folder)
    }

    /// A folder that lives as long as the stand-in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Everything that it was asked so far, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.state.asked).clone()
    }
}

impl State {
    fn serve(&self, mut connection: &UnixStream) {
        let Ok(asked) = Asked::read(connection) else { return };
        let answer = self.answer(&asked.route);
        lock(&self.asked).push(asked);
        // A client that went away is the test's own doing.
        let _ = connection.write_all(answer.as_bytes());
    }

    fn answer(&self, route: &str) -> Answer {
        match lock(&self.script).get_mut(route) {
            Some(answers) if answers.len() > 1 => answers.pop_front(),
            Some(answers) => answers.front().cloned(),
            None => None,
        }
        .unwrap_or_else(|| {
            Answer::refusal(ApiErrorCode::NotFound, &format!("nothing is scripted for {route}"))
        })
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.state.stopping.store(true, Ordering::SeqCst);
        // Wakes the listener, which looks at the flag then.
        let woken = UnixStream::connect(self.socket()).is_ok();
        if let Some(listener) = self.listener.take()
            && woken
        {
            let _ = listener.join();
        }
    }
}

fn socket_in(folder: &TempDir) -> PathBuf {
    folder.path().join("clf.sock")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
