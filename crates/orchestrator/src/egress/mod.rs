//! The way out for guests: an HTTP proxy that leads to the destinations of an allow-list and nowhere else.
//!
//! Guests reach it through a relay, so it knows which server is calling. It resolves names itself: a guest cannot make
//! it connect to an address that the name on the list does not stand for. Every destination that was asked for is
//! logged with the server and its job, whether it was allowed or not.
//!
//! It knows neither tokens nor sessions; whether a server has a job that still runs is asked through [`Guests`].

mod allow_list;
mod connect;
mod forward;
mod proxy;
mod resolve;

pub(crate) use allow_list::AllowList;
pub(crate) use proxy::{Guests, Proxy, serve};
