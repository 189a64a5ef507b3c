//! A template as a whole.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::{error::ScaffoldError, path::TemplatePath};

/// The most files that a template may hold.
const MAX_FILES: usize = 2_000;
/// The most bytes that its files may hold together.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The files of a template, each below the target, together within the limits: 2 000 files, 16 MiB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    files: BTreeMap<TemplatePath, TemplateFile>,
    bytes: usize,
}

/// One file of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFile {
    /// What it holds.
    pub content: Vec<u8>,
    /// Whether it is a program.
    pub is_executable: bool,
}

impl Template {
    /// Adds a file, or replaces it.
    ///
    /// # Errors
    /// [`ScaffoldError::Path`] when the path is refused or another file is where it needs a folder;
    /// [`ScaffoldError::TooLarge`] above the limits.
    pub fn put(&mut self, path: &str, file: TemplateFile) -> Result<(), ScaffoldError> {
        let path = TemplatePath::parse(path)?;
        if self.collides(&path) {
            let reason = "is a file and a folder at once";
            return Err(ScaffoldError::Path { path: path.to_string(), reason });
        }
        self.bytes += file.content.len();
        if let Some(replaced) = self.files.insert(path, file) {
            self.bytes -= replaced.content.len();
        }
        if self.files.len() > MAX_FILES {
            return Err(ScaffoldError::TooLarge { limit: "2000 files" });
        }
        if self.bytes > MAX_BYTES {
            return Err(ScaffoldError::TooLarge { limit: "16 MiB" });
        }
        Ok(())
    }

    /// The file at a path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&TemplateFile> {
        self.files.get(&TemplatePath::parse(path).ok()?)
    }

    /// The files, by path.
    pub fn files(&self) -> impl Iterator<Item = (&TemplatePath, &TemplateFile)> {
        self.files.iter()
    }

    /// How many bytes the files hold together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The sha256 over paths, modes and contents, in hex: equal exactly when the same would be written.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for (path, file) in &self.files {
            digest.update(u64::try_from(path.as_str().len()).expect("a path is short").to_be_bytes());
            digest.update(path.as_str());
            digest.update([u8::from(file.is_executable)]);
            digest
                .update(u64::try_from(file.content.len()).expect("a file is below the limit").to_be_bytes());
            digest.update(&file.content);
        }
        hex::encode(digest.finalize())
    }

    fn collides(&self, path: &TemplatePath) -> bool {
        let text = path.as_str();
        let is_below_a_file = text.match_indices('/').any(|(end, _)| self.file(&text[..end]).is_some());
        let folder = format!("{text}/");
        let is_a_folder = self.files.keys().any(|known| known.as_str().starts_with(&folder));
        is_below_a_file || is_a_folder
    }
}

impl TemplateFile {
    /// A file that is a program exactly when it begins with `#!`.
    #[must_use]
    pub fn new(content: impl Into<Vec<u8>>) -> Self {
        let content = content.into();
        let is_executable = content.starts_with(b"#!");
        Self { content, is_executable }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_file_or_a_folder_and_not_both() {
        let mut template = Template::default();
        template.put("a/b", TemplateFile::new("1")).unwrap();
        assert!(template.put("a", TemplateFile::new("2")).is_err());
        assert!(template.put("a/b/c", TemplateFile::new("3")).is_err());
        template.put("a/bc", TemplateFile::new("4")).unwrap();
        template.put("a/b", TemplateFile::new("12")).unwrap();
        assert_eq!((template.files().count(), template.bytes()), (2, 3));
    }

    #[test]
    fn a_template_has_limits() {
        let mut template = Template::default();
        let large = TemplateFile::new(vec![0; MAX_BYTES / 2 + 1]);
        template.put("a", large.clone()).unwrap();
        assert!(matches!(template.put("b", large), Err(ScaffoldError::TooLarge { limit: "16 MiB" })));
        let mut template = Template::default();
        for number in 0..MAX_FILES {
            template.put(&number.to_string(), TemplateFile::new("")).unwrap();
        }
        assert!(template.put("more", TemplateFile::new("")).is_err());
    }

    #[test]
    fn the_digest_tells_templates_apart() {
        let of = |files: &[(&str, &str)]| {
            let mut template = Template::default();
            for (path, content) in files {
                template.put(path, TemplateFile::new(*content)).unwrap();
            }
            template.digest()
        };
        assert_eq!(of(&[("a", "1"), ("b", "2")]), of(&[("b", "2"), ("a", "1")]));
        assert_ne!(of(&[("a", "1"), ("b", "2")]), of(&[("a", "12"), ("b", "")]));
        assert_ne!(of(&[("a", "x")]), of(&[("ax", "")]));
    }
}
