//! One request, before it is sent.

use clawlets_model::Secret;
use reqwest::Method;
use serde::Serialize;

/// What to send, and how to speak of it.
#[derive(Debug)]
pub(crate) struct Request {
    /// How.
    pub(crate) method: Method,
    /// Where, below the endpoint.
    pub(crate) path: Vec<String>,
    /// With which parameters.
    pub(crate) query: Vec<(&'static str, String)>,
    /// With which JSON.
    pub(crate) body: Option<Secret<Vec<u8>>>,
    /// What is tried, in words that follow "failed to".
    pub(crate) tried: String,
    /// What must not come back in a message of the provider.
    pub(crate) confidential: Option<Secret<String>>,
}

impl Request {
    fn new(method: Method, path: &[&str], tried: String) -> Self {
        let path = path.iter().map(|segment| (*segment).to_owned()).collect();
        Self { method, path, query: Vec::new(), body: None, tried, confidential: None }
    }

    pub(crate) fn get(path: &[&str], tried: String) -> Self {
        Self::new(Method::GET, path, tried)
    }

    pub(crate) fn delete(path: &[&str], tried: String) -> Self {
        Self::new(Method::DELETE, path, tried)
    }

    pub(crate) fn post(path: &[&str], tried: String) -> Self {
        Self::new(Method::POST, path, tried)
    }

    pub(crate) fn put(path: &[&str], tried: String) -> Self {
        Self::new(Method::PUT, path, tried)
    }

    /// Adds a parameter; an empty value says nothing and is left out.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.query.push((name, value));
        }
        self
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        let bytes = serde_json::to_vec(body).expect("request bodies are structs of texts, numbers and lists");
        self.body = Some(Secret::new(bytes));
        self
    }

    pub(crate) fn confidential(mut self, value: Option<Secret<String>>) -> Self {
        self.confidential = value;
        self
    }
}
