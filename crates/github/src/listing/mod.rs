//! Lists, page by page: pull requests, issues, and the repositories of an organisation.
//!
//! A page is asked for with the mark that it had the last time (its `ETag`); one that did not change is not sent again
//! and does not count against the limit of calls. Where the next page is follows from the answer (its `Link`), and never
//! leads away from GitHub's API.

mod item;
mod link;
mod page;
mod repository_item;

pub use item::Item;
pub use link::{Etag, PageUrl};
pub use page::{Budget, Listing, Page, PageAnswer};
pub use repository_item::{InvalidOwner, Owner, RepositoryItem};
