//! The archive that a guest fetches its work in.

use std::io;

use clawlets_model::{
    JobId,
    guest::{WorkOrder, work_archive as names},
};
use tar::{Builder, EntryType, Header};

use super::snapshot::Order;
use crate::config::Config;

/// What a guest is told of its surroundings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Surroundings {
    /// The HTTP proxy through which it may leave, as `http://address:port`.
    pub(crate) egress_proxy: Option<String>,
}

/// The archive: `order.json`, `task.json`, `persona/…` and `inputs/…`. The same order gives the same bytes.
///
/// # Errors
/// When a name does not fit into an archive.
pub(crate) fn work_archive(
    job: JobId,
    order: &Order,
    config: &Config,
    surroundings: Surroundings,
) -> io::Result<Vec<u8>> {
    let model = order.snapshot.model.clone();
    let base_url = model.as_ref().and_then(|model| config.models.get(model.provider()));
    let work_order = WorkOrder {
        job_id: job,
        persona: order.snapshot.persona.clone(),
        model_base_url: base_url.map(|url| url.as_str().trim_end_matches('/').to_owned()),
        model,
        runner: config.runner.clone(),
        egress_proxy: surroundings.egress_proxy,
        auto_shutdown: order.snapshot.auto_shutdown,
    };
    let mut archive = Archive(Builder::new(Vec::new()));
    archive.add(names::ORDER, &serde_json::to_vec(&work_order)?)?;
    archive.add(names::TASK, &order.task.to_json())?;
    for (name, content) in order.persona.to_files() {
        archive.add(&format!("{}/{name}", names::PERSONA), &content)?;
    }
    for (name, content) in order.task.inputs() {
        archive.add(&format!("{}/{name}", names::INPUTS), content)?;
    }
    archive.0.into_inner()
}

struct Archive(Builder<Vec<u8>>);

impl Archive {
    fn add(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        self.0.append_data(&mut header, name, content)
    }
}
