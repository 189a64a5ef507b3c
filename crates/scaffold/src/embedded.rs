//! The template that comes with the program.

use rust_embed::RustEmbed;

use crate::{
    error::ScaffoldError,
    template::{Template, TemplateFile},
};

#[derive(RustEmbed)]
#[folder = "../../template"]
struct Files;

pub(crate) fn template() -> Result<Template, ScaffoldError> {
    let mut template = Template::default();
    for path in Files::iter() {
        if let Some(file) = Files::get(&path) {
            template.put(&path, TemplateFile::new(file.data.into_owned()))?;
        }
    }
    Ok(template)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_template_is_whole() {
        let template = template().unwrap();
        for path in
            ["flake.nix", ".gitignore", "AGENT-BOOTSTRAP-SERVER.md", "fleet/workspaces/common/SOUL.md"]
        {
            assert!(template.file(path).is_some(), "{path}");
        }
        assert!(template.file(".githooks/pre-push").unwrap().is_executable);
        assert!(!template.file("README.md").unwrap().is_executable);
    }
}
