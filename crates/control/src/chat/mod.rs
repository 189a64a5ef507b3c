//! People who ask from a chat, also when every bot is down.
//!
//! A chat proves who writes: Discord by signing each call, Telegram by a secret that only it knows. Who may ask is a list
//! of user ids. What they ask goes through the same handler as everything else; what they are told is plain text.

mod command;
pub mod discord;
pub mod telegram;
mod words;

use std::{future::Future, pin::Pin};

use tokio_util::task::TaskTracker;

/// What is done with work that goes on behind an answer.
#[derive(Debug, Clone)]
pub enum Afterwards {
    /// It goes on by itself, for a server that stays.
    GoesOn(TaskTracker),
    /// It is waited for: a function that has answered is frozen.
    IsWaitedFor,
}

impl Afterwards {
    /// Does some work, now or by itself.
    pub(crate) async fn run(&self, work: impl Future<Output = ()> + Send + 'static) {
        match self {
            Self::GoesOn(tasks) => drop(tasks.spawn(work)),
            Self::IsWaitedFor => work.await,
        }
    }
}

/// Work that somebody waits for.
pub(crate) type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;
