//! One function per call of the socket's API.

mod cattle;
mod jobs;
mod logs;

pub(crate) use jobs::path_of;
