//! A GitHub on loopback for the tests of whoever talks to GitHub.
//!
//! [`Github`] has one App with one [installation](Installation) and knows the App's public key. [`AppPem`] is a private
//! key that was made for one test run. What GitHub does on a bad day is a [`Mishap`].

mod assertion;
mod github;
mod pem;
mod routes;
mod state;

pub use github::Github;
pub use pem::AppPem;
pub use state::{Installation, Minted, Mishap};
