//! Where a template comes from.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use crate::{embedded, error::ScaffoldError, folder, git, template::Template};

/// Where a template comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The one that comes with the program.
    Embedded,
    /// A folder of this machine.
    Folder(PathBuf),
    /// A repository at a ref.
    Git(GitSource),
}

/// A GitHub repository at a ref: `owner/repo[/folder]#ref`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitSource {
    /// The owner and the name of the repository.
    pub repository: String,
    /// The folder in it that is the template; empty for all of it.
    pub folder: String,
    /// A tag, a branch, or a commit of 40 hex digits.
    pub reference: String,
}

impl Source {
    /// Reads `PATH` or `owner/repo[/folder]#ref`. A path that holds a `#` is written with `./` or `/` in front.
    ///
    /// # Errors
    /// [`ScaffoldError::Source`] when it is neither.
    pub fn parse(text: &str) -> Result<Self, ScaffoldError> {
        let refuse = |reason| ScaffoldError::Source { text: text.to_owned(), reason };
        if text.is_empty() {
            return Err(refuse("it is empty"));
        }
        let is_a_path = text.starts_with(['/', '.']) || !text.contains('#');
        if is_a_path {
            return Ok(Self::Folder(text.into()));
        }
        let (place, reference) = text.split_once('#').ok_or_else(|| refuse("it has no ref"))?;
        let mut parts = place.splitn(3, '/');
        let (owner, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let folder = parts.next().unwrap_or_default().trim_end_matches('/');
        if !is_a_name(owner) || !is_a_name(name) {
            return Err(refuse("a repository is written owner/repo#ref"));
        }
        if folder.split('/').any(|segment| segment == "." || segment == "..") || folder.starts_with('/') {
            return Err(refuse("its folder could leave the repository"));
        }
        if !is_a_reference(reference) {
            return Err(refuse("after '#' comes a tag, a branch, or a commit of 40 hex digits"));
        }
        let repository = format!("{owner}/{}", name.strip_suffix(".git").unwrap_or(name));
        Ok(Self::Git(GitSource { repository, folder: folder.to_owned(), reference: reference.to_owned() }))
    }

    /// Reads the template. For a repository, `git` is run, and killed when the future is dropped.
    ///
    /// # Errors
    /// [`ScaffoldError`] when it cannot be read or holds what no template may.
    pub async fn read(&self) -> Result<Template, ScaffoldError> {
        let template = match self {
            Self::Embedded => embedded::template()?,
            Self::Folder(path) => folder::template(path)?,
            Self::Git(source) => git::template(source).await?,
        };
        if template.files().next().is_none() {
            return Err(ScaffoldError::Empty(self.to_string()));
        }
        Ok(template)
    }

    /// The same source, with a folder below `base` if it is a relative one.
    #[must_use]
    pub fn below(self, base: &Path) -> Self {
        match self {
            Self::Folder(path) => Self::Folder(base.join(path)),
            Self::Embedded | Self::Git(_) => self,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded => f.write_str("that comes with clawlets"),
            Self::Folder(path) => write!(f, "{}", path.display()),
            Self::Git(GitSource { repository, folder, reference }) if folder.is_empty() => {
                write!(f, "{repository}#{reference}")
            }
            Self::Git(GitSource { repository, folder, reference }) => {
                write!(f, "{repository}/{folder}#{reference}")
            }
        }
    }
}

fn is_a_name(text: &str) -> bool {
    let letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    letters && !text.is_empty() && !text.starts_with(['-', '.']) && text.len() <= 100
}

/// Git's own rules are wider; what they add, no release of a template needs.
fn is_a_reference(text: &str) -> bool {
    let letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./+".contains(&byte));
    letters && !text.is_empty() && !text.starts_with(['-', '/']) && !text.contains("..") && text.len() <= 200
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_told_from_a_path_by_its_ref() {
        let git = |repository: &str, folder: &str, reference: &str| {
            Source::Git(GitSource {
                repository: repository.into(),
                folder: folder.into(),
                reference: reference.into(),
            })
        };
        let cases = [
            ("acme/fleet#v1.2.0", git("acme/fleet", "", "v1.2.0")),
            ("acme/fleet.git/templates/small#main", git("acme/fleet", "templates/small", "main")),
            ("acme/fleet", Source::Folder("acme/fleet".into())),
            ("./odd#name", Source::Folder("./odd#name".into())),
            ("/abs", Source::Folder("/abs".into())),
        ];
        for (text, expected) in cases {
            assert_eq!(Source::parse(text).unwrap(), expected, "{text}");
        }
        for text in
            ["", "acme#v1", "a/b#", "a/b#--upload-pack=x", "a/b/../c#v1", "-a/b#v1", "a/b#x y", "a/b#a..b"]
        {
            assert!(Source::parse(text).is_err(), "{text}");
        }
    }
}
