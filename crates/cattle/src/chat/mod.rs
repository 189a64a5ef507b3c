//! The built-in runner of agent tasks: one question to a language model, one answer.
//!
//! It runs as the task, without privileges; its settings come through the environment. It knows no orchestrator.

mod ask;
mod completion;
mod error;
mod settings;

pub use ask::answer;
pub use error::ChatError;
pub use settings::{FALLBACK_MODELS, MESSAGE_FILE, MODEL, MODEL_BASE_URL, SECONDS_LEFT, SOUL_FILE, Settings};

/// The file in the workspace that the answer is written to.
pub const ANSWER_FILE: &str = "answer.md";
