//! What the environment says. It is read here and nowhere else.

/// The value of a variable that the vendor's tools know as well, such as `AWS_ENDPOINT_URL`.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
