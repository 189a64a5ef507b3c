//! Reads whole listings.

use std::marker::PhantomData;

use serde::Deserialize;
use serde_json::Value;

use super::Hetzner;
use crate::{
    CloudError,
    listed::Listed,
    pages::{Listing, PER_PAGE, Pagination, Step},
    request::Request,
    retry::Repeat,
};

/// One page as it came: the list is under a key of its own for each kind of thing.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Found<T> {
    answer: serde_json::Map<String, Value>,
    #[serde(skip)]
    kind: PhantomData<fn() -> T>,
}

#[derive(Default, Deserialize)]
struct Meta {
    pagination: Option<Pagination>,
}

impl<T: Listed> Found<T> {
    /// The entries, without regard to pages.
    pub(super) fn into_entries(self, request: &Request) -> Result<Vec<T>, CloudError> {
        self.into_page(request).map(|(entries, _)| entries)
    }

    fn into_page(mut self, request: &Request) -> Result<(Vec<T>, Pagination), CloudError> {
        let malformed = |why: String| CloudError::Malformed { tried: request.tried.clone(), why };
        let list = self.answer.remove(T::PATH).ok_or_else(|| malformed(format!("it has no {}", T::PATH)))?;
        let entries = serde_path_to_error::deserialize(list)
            .map_err(|error| malformed(format!("{}{} is not as expected", T::PATH, error.path())))?;
        let meta: Meta = match self.answer.remove("meta") {
            Some(meta) => serde_json::from_value(meta)
                .map_err(|_| malformed("its meta is not as expected".to_owned()))?,
            None => Meta::default(),
        };
        Ok((entries, meta.pagination.unwrap_or_default()))
    }
}

impl Hetzner {
    /// Everything that fits the parameters, each once.
    pub(super) async fn list<T: Listed>(&self, query: &[(&'static str, &str)]) -> Result<Vec<T>, CloudError> {
        let tried = format!("list {}", T::PLURAL);
        let deadline = self.deadline();
        let mut listing: Listing<T::Key, T> = Listing::new();
        let mut page = 1;
        loop {
            let request = Request::get(&[T::PATH], tried.clone())
                .with("page", page.to_string())
                .with("per_page", PER_PAGE.to_string())
                .with("sort", T::SORT);
            let request = query.iter().fold(request, |request, (name, value)| request.with(name, *value));
            let found: Found<T> = self.call_until(&request, Repeat::Harmless, deadline).await?;
            let (entries, place) = found.into_page(&request)?;
            let keyed = entries.into_iter().map(|entry| (entry.key(), entry)).collect();
            page = match listing.take(keyed, place) {
                Step::Read(page) => page,
                Step::Complete => return Ok(listing.into_entries()),
                Step::Unsteady => return Err(CloudError::Unsteady { tried, passes: listing.passes() }),
                Step::Endless => {
                    return Err(CloudError::Malformed { tried, why: "the listing has no end".to_owned() });
                }
            };
        }
    }
}
