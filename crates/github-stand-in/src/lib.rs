//! A GitHub on loopback for the tests of whoever talks to GitHub.
//!
//! [`Github`] has one App with one [installation](Installation) and knows the App's public key. [`AppPem`] is a private
//! key that was made for one test run. What GitHub does on a bad day is a [`Mishap`]. [`GitServer`] serves repositories as
//! GitHub does, by git's own program.

mod assertion;
mod git_server;
mod github;
mod lists;
mod pem;
mod routes;
mod served;
mod state;
mod workflows;

pub use git_server::{GitMishap, GitServer};
pub use github::Github;
pub use lists::{Entry, Open};
pub use pem::AppPem;
pub use state::{Installation, Minted, Mishap};
pub use workflows::{Dispatch, DispatchMishap};
