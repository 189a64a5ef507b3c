//! Something that is made when it is needed first.
//!
//! A function that is started for one request should not read a machine's certificates for an upstream that the request
//! does not need.

use std::{fmt, sync::OnceLock};

use thiserror::Error;

/// Something that is made once, when it is first asked for.
pub struct Late<T> {
    made: OnceLock<T>,
    make: Box<dyn Fn() -> Result<T, NotMade> + Send + Sync>,
}

/// That it could not be made. The next one who asks tries again.
#[derive(Debug, Clone, Error)]
#[error("{0}")]
pub struct NotMade(pub String);

impl<T> Late<T> {
    /// Something that is made so.
    pub fn new<E: fmt::Display>(make: impl Fn() -> Result<T, E> + Send + Sync + 'static) -> Self {
        let make = move || make().map_err(|error| NotMade(error.to_string()));
        Self { made: OnceLock::new(), make: Box::new(make) }
    }

    /// It.
    ///
    /// # Errors
    /// [`NotMade`].
    pub fn get(&self) -> Result<&T, NotMade> {
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        let made = (self.make)()?;
        Ok(self.made.get_or_init(|| made))
    }
}

impl<T> fmt::Debug for Late<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Late").field("is_made", &self.made.get().is_some()).finish_non_exhaustive()
    }
}
