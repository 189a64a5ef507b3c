//! A snapshot of a server.

use std::sync::Arc;

use clawlets_model::label::Labels;

use super::work::{Fate, Started, Step};
use crate::cloud::{ActionCommand, Cloud, Failure, Image, ImageKind, Protection, image::CreatedFrom};

impl Cloud {
    /// Makes an image from a server.
    ///
    /// Guests run from memory and keep nothing on disk, so what the image holds is what the server boots.
    pub(crate) fn create_image(
        self: &Arc<Self>,
        id: u64,
        description: Option<String>,
        labels: Labels,
        fate: Fate,
    ) -> Result<(Started, Image), Failure> {
        let mut project = self.project();
        let server = project.unlocked_server(id)?.clone();
        let origin = project.images.get(server.image);
        let image = Image {
            id: project.next_id()?,
            kind: ImageKind::Snapshot,
            name: None,
            description: description.unwrap_or_else(|| format!("snapshot of {}", server.name)),
            created: self.clock.now(),
            deprecated: None,
            created_from: Some(CreatedFrom { id: server.id, name: server.name.clone() }),
            labels,
            protection: Protection::default(),
            boot: server.boot.clone(),
            os_version: origin.and_then(|origin| origin.os_version.clone()),
            digest: String::new(),
            size: origin.map_or(0, |origin| origin.size),
        };
        let started = self.begin(&mut project, server, ActionCommand::CreateImage)?;
        project.put(image.clone())?;
        drop(project);
        self.run(id, vec![Step { action: started.action.id, work: Box::pin(async { Ok(()) }) }], fate);
        Ok((started, image))
    }
}
