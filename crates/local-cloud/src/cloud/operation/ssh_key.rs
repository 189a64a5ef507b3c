//! Public keys: added, changed and removed.

use clawlets_model::label::Labels;

use crate::cloud::{Cloud, Failure, SshKey};

impl Cloud {
    /// Adds a key. Neither its name nor the key itself may be there already.
    pub(crate) fn create_ssh_key(
        &self,
        name: String,
        public_key: String,
        fingerprint: String,
        labels: Labels,
    ) -> Result<SshKey, Failure> {
        let mut project = self.project();
        if project.ssh_keys.iter().any(|key| key.name == name) {
            return Err(Failure::NotUnique { field: "name" });
        }
        if project.ssh_keys.iter().any(|key| key.fingerprint == fingerprint) {
            return Err(Failure::NotUnique { field: "public_key" });
        }
        let created = self.clock.now();
        let key = SshKey { id: project.next_id()?, name, public_key, fingerprint, labels, created };
        project.put(key.clone())?;
        Ok(key)
    }

    /// Renames a key and replaces all its labels.
    pub(crate) fn update_ssh_key(
        &self,
        id: u64,
        name: Option<String>,
        labels: Option<Labels>,
    ) -> Result<SshKey, Failure> {
        let mut project = self.project();
        let key = project.ssh_keys.get(id).cloned().ok_or_else(|| Failure::no_id("ssh_key", id))?;
        let name = name.unwrap_or_else(|| key.name.clone());
        if project.ssh_keys.iter().any(|other| other.id != id && other.name == name) {
            return Err(Failure::NotUnique { field: "name" });
        }
        let labels = labels.unwrap_or_else(|| key.labels.clone());
        let key = SshKey { name, labels, ..key };
        project.put(key.clone())?;
        Ok(key)
    }

    /// Removes a key. Servers keep it.
    pub(crate) fn delete_ssh_key(&self, id: u64) -> Result<(), Failure> {
        let mut project = self.project();
        project.remove::<SshKey>(id)?.ok_or_else(|| Failure::no_id("ssh_key", id))?;
        Ok(())
    }
}
