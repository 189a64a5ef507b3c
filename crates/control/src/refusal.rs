//! Why a request is not done.

use std::time::Duration;

use clawlets_model::control::{ControlErrorCode, ErrorAnswer};

/// The longest sentence of a refusal, in characters.
const MAX_WORDS: usize = 300;

/// A refusal or a failure, as the caller is told. It holds no token and nothing longer than a sentence of what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    code: ControlErrorCode,
    words: String,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// A refusal with one sentence, on one line.
    #[must_use]
    pub fn new(code: ControlErrorCode, words: impl AsRef<str>) -> Self {
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        Self { code, words: words.as_ref().chars().map(plain).take(MAX_WORDS).collect(), retry_after: None }
    }

    /// The same, with when to come back.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self { retry_after: Some(span), ..self }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> ControlErrorCode {
        self.code
    }

    /// What the caller reads.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }

    /// When to come back, where that is known.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The answer.
    #[must_use]
    pub fn answer(&self) -> ErrorAnswer {
        ErrorAnswer::new(self.code, self.words.clone())
    }
}
