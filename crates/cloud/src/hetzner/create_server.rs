//! Creating a server: the one request whose repetition could cost money twice.

use clawlets_model::limits::USER_DATA;
use serde::Deserialize;

use super::{Hetzner, call::pause};
use crate::{
    Action, CloudError, CreateServer, CreatedServer, InvalidField, Origin, Server,
    api::or_default,
    deadline::Deadline,
    reply::Reply,
    request::Request,
    retry::{Next, Repeat},
};

/// The root password that the answer may hold is not read.
#[derive(Deserialize)]
struct Created {
    server: Server,
    action: Option<Action>,
    #[serde(default, deserialize_with = "or_default")]
    next_actions: Vec<Action>,
}

impl Hetzner {
    pub(super) async fn create(&self, asked: &CreateServer) -> Result<CreatedServer, CloudError> {
        let tried = format!("create server {}", asked.name);
        refuse_large_user_data(asked, &tried)?;
        let request =
            Request::post(&["servers"], tried).json(&asked.body()).confidential(asked.user_data.clone());
        let deadline = self.deadline();
        // Whether any try so far may have been accepted.
        let mut doubt = false;
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.create_once(asked, &request, deadline).await {
                Ok(created) => return Ok(created),
                Err(error) => error,
            };
            doubt |= error.leaves_doubt();
            match self.next(Repeat::FoundByName, &error, tries, deadline) {
                Next::GiveUp => return Err(if doubt { error.unsettled(&request.tried) } else { error }),
                Next::Retry { after } => pause(&request, &error, tries, after).await,
                Next::LookUp { after } => {
                    pause(&request, &error, tries, after).await;
                    match self.find_server(&asked.name, asked.user_data.clone(), deadline).await {
                        Ok(Some(server)) => return adopt(asked, server),
                        // Not there, not listed yet, or being deleted. Names are unique, so that another try cannot
                        // make a second one.
                        Ok(None) => {}
                        Err(lookup) => {
                            return Err(if doubt { lookup.unsettled(&request.tried) } else { lookup });
                        }
                    }
                }
            }
        }
    }

    async fn create_once(
        &self,
        asked: &CreateServer,
        request: &Request,
        deadline: Deadline,
    ) -> Result<CreatedServer, CloudError> {
        self.gate.may_create(|| self.http.told(), &request.tried, deadline).await?;
        let created: Created = self.once(request, deadline, Reply::json).await?;
        if created.server.name != asked.name {
            let why = "it describes a server of another name".to_owned();
            return Err(CloudError::Malformed { tried: request.tried.clone(), why });
        }
        let actions = created.action.into_iter().chain(created.next_actions).collect();
        Ok(CreatedServer { server: created.server, actions, origin: Origin::Created })
    }
}

fn adopt(asked: &CreateServer, server: Server) -> Result<CreatedServer, CloudError> {
    asked.adopt(server).map_err(|server| CloudError::NameTaken { name: asked.name.clone(), server })
}

/// The provider would refuse it too, with less to say.
fn refuse_large_user_data(asked: &CreateServer, tried: &str) -> Result<(), CloudError> {
    let length = asked.user_data.as_ref().map_or(0, |secret| secret.expose().len());
    if length <= USER_DATA {
        return Ok(());
    }
    let over = length - USER_DATA;
    let messages = vec![format!("{length} bytes, {over} more than the limit of {USER_DATA}")];
    Err(CloudError::InvalidInput {
        tried: tried.to_owned(),
        message: "the user data is too large".to_owned(),
        fields: vec![InvalidField { name: "user_data".to_owned(), messages }],
    })
}
