//! Servers that exist.

use clawlets_model::{Labels, Secret};
use serde::{Deserialize, Serialize};

use super::{Hetzner, list::Found};
use crate::{
    Action, CloudError, Deletion, Server, ServerId, deadline::Deadline, request::Request, retry::Repeat,
};

#[derive(Deserialize)]
struct One {
    server: Server,
}

#[derive(Deserialize)]
pub(super) struct Acted {
    pub(super) action: Action,
}

#[derive(Serialize)]
struct SetLabels<'a> {
    labels: &'a Labels,
}

/// An action on a server that takes no parameters.
#[derive(Debug, Clone, Copy)]
pub(super) enum Power {
    Off,
    On,
    Shutdown,
}

impl Hetzner {
    pub(super) async fn read_server(&self, id: ServerId) -> Result<Option<Server>, CloudError> {
        let request = Request::get(&["servers", &id.to_string()], format!("read server {id}"));
        absent_is_none(self.call::<One>(&request, Repeat::Harmless).await.map(|one| one.server))
    }

    /// `confidential` is what an earlier request told the provider and its answer must not repeat.
    pub(super) async fn find_server(
        &self,
        name: &str,
        confidential: Option<Secret<String>>,
        deadline: Deadline,
    ) -> Result<Option<Server>, CloudError> {
        let request = Request::get(&["servers"], format!("look up server {name}"));
        let request = request.with("name", name).confidential(confidential);
        let found: Found<Server> = self.call_until(&request, Repeat::Harmless, deadline).await?;
        Ok(found.into_entries(&request)?.into_iter().find(|server| server.name == name))
    }

    pub(super) async fn delete(&self, id: ServerId) -> Result<Deletion, CloudError> {
        let request = Request::delete(&["servers", &id.to_string()], format!("delete server {id}"));
        let _in_progress = self.gate.deleting();
        let started = absent_is_none(self.call::<Acted>(&request, Repeat::Harmless).await)?;
        Ok(started.map_or(Deletion::AlreadyGone, |acted| Deletion::Started(acted.action)))
    }

    pub(super) async fn label(&self, id: ServerId, labels: &Labels) -> Result<Server, CloudError> {
        let request = Request::put(&["servers", &id.to_string()], format!("label server {id}"));
        let one: One = self.call(&request.json(&SetLabels { labels }), Repeat::Harmless).await?;
        Ok(one.server)
    }

    pub(super) async fn power(&self, id: ServerId, power: Power) -> Result<Action, CloudError> {
        let (action, tried) = match power {
            Power::Off => ("poweroff", "power off"),
            Power::On => ("poweron", "power on"),
            Power::Shutdown => ("shutdown", "shut down"),
        };
        let path = ["servers", &id.to_string(), "actions", action];
        let request = Request::post(&path, format!("{tried} server {id}"));
        Ok(self.call::<Acted>(&request, Repeat::Harmless).await?.action)
    }
}

/// "No such thing" as an answer.
pub(super) fn absent_is_none<T>(outcome: Result<T, CloudError>) -> Result<Option<T>, CloudError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(CloudError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
