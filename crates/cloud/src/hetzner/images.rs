//! Images.

use super::{Hetzner, servers::absent_is_none};
use crate::{
    CloudError, CreateImage, CreatedImage, Image, ImageFilter, ImageId, ImageKind, request::Request,
    retry::Repeat,
};

impl Hetzner {
    pub(super) async fn list_images(&self, filter: &ImageFilter) -> Result<Vec<Image>, CloudError> {
        let query = [
            ("label_selector", filter.selector.as_str()),
            ("name", filter.name.as_deref().unwrap_or_default()),
            ("type", filter.kind.map_or("", ImageKind::as_str)),
            ("architecture", filter.architecture.as_deref().unwrap_or_default()),
        ];
        self.list(&query).await
    }

    pub(super) async fn snapshot(&self, asked: &CreateImage) -> Result<CreatedImage, CloudError> {
        let path = ["servers", &asked.server.to_string(), "actions", "create_image"];
        let request =
            Request::post(&path, format!("make an image of server {}", asked.server)).json(&asked.body());
        self.call(&request, Repeat::MakesAnother).await
    }

    pub(super) async fn remove_image(&self, id: ImageId) -> Result<(), CloudError> {
        let request = Request::delete(&["images", &id.to_string()], format!("delete image {id}"));
        absent_is_none(self.call_for_nothing(&request, Repeat::Harmless).await).map(|_| ())
    }
}
