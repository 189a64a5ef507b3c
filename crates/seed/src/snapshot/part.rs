//! Which parts of a repository a snapshot is about.

use std::path::{Component, Path, PathBuf};

use crate::repos::RepoName;

/// The longest path of an entry, in bytes.
const MAX_PATH: usize = 1024;

/// What an entry of a snapshot is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A part of what git made of a repository, by its path below `.git`.
    Git(RepoName, PathBuf),
    /// Something that is passed over: files that are checked out, settings, hooks.
    Other,
}

/// Whether a path below `.git` is what git made of a repository.
pub(super) fn is_content(below: &Path) -> bool {
    let mut names = below.components().map(|component| component.as_os_str().to_str());
    match names.next().flatten() {
        Some("HEAD" | "packed-refs" | "shallow") => names.next().is_none(),
        Some("refs") => true,
        // What is borrowed from elsewhere is in `info`, and is not there on another machine.
        Some("objects") => names.next().flatten() != Some("info"),
        Some(_) | None => false,
    }
}

/// Reads the path of an entry; why it leads astray, if it does.
pub(super) fn of_entry(path: &Path) -> Result<Part, &'static str> {
    if path.as_os_str().len() > MAX_PATH {
        return Err("has a path that is too long");
    }
    let mut components = path.components().filter(|component| *component != Component::CurDir).peekable();
    let mut names = Vec::new();
    for component in components.by_ref() {
        match component {
            Component::Normal(name) => names.push(name.to_str().ok_or("has a path that is not UTF-8")?),
            Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => {
                return Err("leads out of the snapshot");
            }
        }
    }
    let Some((first, rest)) = names.split_first() else { return Ok(Part::Other) };
    let name = RepoName::parse(first).map_err(|_| "is not in a folder that is named as copies are")?;
    let below: PathBuf = match rest.split_first() {
        Some((&".git", below)) => below.iter().collect(),
        Some(_) | None => return Ok(Part::Other),
    };
    Ok(if is_content(&below) { Part::Git(name, below) } else { Part::Other })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_git_made_is_taken() {
        for path in ["site/.git/HEAD", "./site/.git/objects/pack/pack-1.pack", "site/.git/refs/heads/main"] {
            assert!(matches!(of_entry(Path::new(path)), Ok(Part::Git(..))), "{path}");
        }
        for path in [
            "site",
            "site/README.md",
            "site/.git",
            "site/.git/config",
            "site/.git/hooks/post-checkout",
            "site/.git/objects/info/alternates",
            "site/.git/info/attributes",
            "site/.git/HEAD/x",
            "site/sub/.git/HEAD",
        ] {
            assert_eq!(of_entry(Path::new(path)), Ok(Part::Other), "{path}");
        }
        for path in ["../x", "/etc/passwd", "site/../../x", ".ssh/id", "-x/.git/HEAD"] {
            assert!(of_entry(Path::new(path)).is_err(), "{path}");
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_stays_below_its_repository(text in "(s|\\.\\.|\\.|\\.git|/|objects|refs|HEAD){0,8}") {
            if let Ok(Part::Git(_, below)) = of_entry(Path::new(&text)) {
                let is_below = below.components().all(|component| matches!(component, Component::Normal(_)));
                prop_assert!(is_below && is_content(&below));
            }
        }
    }
}
