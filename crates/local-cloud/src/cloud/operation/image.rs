//! Images: registered, changed and removed.

use std::fs;

use clawlets_model::label::Labels;

use crate::{
    cloud::{
        Action, ActionCommand, Cloud, Failure, Image, ImageKind, Protection, ProtectionChange, Resource,
        ResourceKind, SystemImageFiles,
    },
    vm::BootFiles,
};

impl Cloud {
    /// Registers a system image. The same files again are the same image; other files of the same name make a new
    /// image, and the older one can no longer be ordered by name.
    pub(crate) fn register_image(&self, files: SystemImageFiles) -> Result<Image, Failure> {
        let size = [&files.kernel, &files.initramfs]
            .map(|path| fs::metadata(path).map_or(0, |metadata| metadata.len()))
            .iter()
            .sum();
        let now = self.clock.now();
        let mut project = self.project();
        let named: Vec<Image> = project
            .images
            .iter()
            .filter(|image| image.kind == ImageKind::System && image.name.as_deref() == Some(&files.name))
            .filter(|image| image.deprecated.is_none())
            .cloned()
            .collect();
        if let Some(same) = named.iter().find(|image| image.digest == files.digest) {
            return Ok(same.clone());
        }
        for older in named {
            project.put(Image { deprecated: Some(now), ..older })?;
        }
        let image = Image {
            id: project.next_id()?,
            kind: ImageKind::System,
            name: Some(files.name),
            description: files.description,
            created: now,
            deprecated: None,
            created_from: None,
            labels: files.labels,
            protection: Protection::default(),
            boot: BootFiles {
                kernel: files.kernel,
                initramfs: files.initramfs,
                command_line: String::new(),
                parks: files.parks,
            },
            os_version: Some(files.kernel_version),
            digest: files.digest,
            size,
        };
        project.put(image.clone())?;
        drop(project);
        self.expect_guests();
        Ok(image)
    }

    /// Changes the description of an image and replaces all its labels.
    pub(crate) fn update_image(
        &self,
        id: u64,
        description: Option<String>,
        labels: Option<Labels>,
    ) -> Result<Image, Failure> {
        self.change_image(id, |image| Image {
            description: description.unwrap_or(image.description),
            labels: labels.unwrap_or(image.labels),
            ..image
        })
    }

    /// Protects an image against deletion, or lifts that.
    pub(crate) fn protect_image(&self, id: u64, change: ProtectionChange) -> Result<Action, Failure> {
        self.change_image(id, |image| Image { protection: image.protection.changed(change), ..image })?;
        let resource = Resource { id, kind: ResourceKind::Image };
        self.done(&mut self.project(), ActionCommand::ChangeProtection, vec![resource])
    }

    /// Removes an image. Servers made from it keep what they boot.
    pub(crate) fn delete_image(&self, id: u64) -> Result<(), Failure> {
        let mut project = self.project();
        let image = project.images.get(id).ok_or_else(|| Failure::no_id("image", id))?;
        if image.protection.delete {
            return Err(Failure::Protected { what: "image" });
        }
        project.remove::<Image>(id)?;
        Ok(())
    }

    fn change_image(&self, id: u64, changed: impl FnOnce(Image) -> Image) -> Result<Image, Failure> {
        let mut project = self.project();
        let image = changed(project.images.get(id).cloned().ok_or_else(|| Failure::no_id("image", id))?);
        project.put(image.clone())?;
        Ok(image)
    }
}
