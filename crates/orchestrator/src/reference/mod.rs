//! The pages of the reference that only this crate can write: the configuration file and the two APIs. They are made from
//! the types that read and write them, so they cannot say anything else.

mod api_page;
mod calls;
mod config_page;
mod table;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Every page as its file name and its content.
#[must_use]
pub fn pages() -> [(&'static str, String); 2] {
    [("api.md", api_page::render()), ("config.md", config_page::render())]
}

/// Writes every page into a folder and gives their paths.
///
/// # Errors
/// When a page cannot be written.
pub fn write(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder)?;
    pages()
        .into_iter()
        .map(|(name, content)| {
            let path = folder.join(name);
            fs::write(&path, content).map(|()| path)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_in_the_repository_is_what_the_program_writes() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference");
        for (name, content) in pages() {
            let kept = fs::read_to_string(folder.join(name)).unwrap_or_default();
            assert!(kept == content, "docs/reference/{name} is out of date: run 'make docs'");
        }
    }
}
