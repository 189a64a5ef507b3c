//! A seam for programs that simulate: whoever attends a store sees every operation begin and end.

use std::{fmt, sync::Arc};

/// What an operation does to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It only looks.
    Read,
    /// It may change something.
    Write,
}

/// Told of everything that is asked of a store, so that a program can be simulated that ends at any of these moments. A
/// caller that may not go on waits for ever, as if its process had ended there.
pub trait Attendant: Send + Sync {
    /// An operation is about to be handed over. Says whether its caller goes on.
    fn begins(&self, access: Access, operation: &'static str) -> bool;
    /// The answer is there; what was written is on disk. Says whether the caller sees it.
    fn answered(&self, access: Access, operation: &'static str) -> bool;
    /// The caller is through with it, or was dropped while it waited. Follows every [`Attendant::begins`].
    fn is_over(&self);
}

/// Who attends a store, if anybody does.
#[derive(Clone, Default)]
pub(super) struct Attended(pub(super) Option<Arc<dyn Attendant>>);

impl fmt::Debug for Attended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Attended" } else { "Unattended" })
    }
}

impl Attended {
    /// Does an operation under the eyes of the attendant.
    pub(super) async fn run<T>(
        &self,
        access: Access,
        operation: &'static str,
        work: impl Future<Output = T>,
    ) -> T {
        let Some(attendant) = &self.0 else { return work.await };
        let goes_on = attendant.begins(access, operation);
        let _over = Over(&**attendant);
        if !goes_on {
            std::future::pending::<()>().await;
        }
        let answer = work.await;
        if !attendant.answered(access, operation) {
            std::future::pending::<()>().await;
        }
        answer
    }
}

struct Over<'a>(&'a dyn Attendant);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.is_over();
    }
}
