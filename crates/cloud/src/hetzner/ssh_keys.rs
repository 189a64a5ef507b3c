//! SSH keys.

use serde::Deserialize;

use super::{Hetzner, servers::absent_is_none};
use crate::{CloudError, CreateSshKey, SshKey, SshKeyId, request::Request, retry::Repeat};

#[derive(Deserialize)]
struct One {
    ssh_key: SshKey,
}

impl Hetzner {
    pub(super) async fn add_ssh_key(&self, asked: &CreateSshKey) -> Result<SshKey, CloudError> {
        let request = Request::post(&["ssh_keys"], format!("add SSH key {}", asked.name)).json(asked);
        let one: One = self.call(&request, Repeat::MakesAnother).await?;
        Ok(one.ssh_key)
    }

    pub(super) async fn remove_ssh_key(&self, id: SshKeyId) -> Result<(), CloudError> {
        let request = Request::delete(&["ssh_keys", &id.to_string()], format!("delete SSH key {id}"));
        absent_is_none(self.call_for_nothing(&request, Repeat::Harmless).await).map(|_| ())
    }
}
