//! From a file to what it says.

use std::path::Path;

use clawlets_model::document::suggest;

use super::{ConfigError, Document};

/// The largest file, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Reads a file. Relative paths in it start at its folder. A key that is not known is an error.
///
/// # Errors
/// [`ConfigError`].
pub fn load(path: &Path) -> Result<Document, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
    let form = |message: String, suggestion| ConfigError::Form { path: path.to_owned(), message, suggestion };
    let found = std::fs::metadata(path).map_err(unreadable)?;
    if !found.is_file() || found.len() > LARGEST {
        return Err(form("it is no regular file of at most 1 MiB".to_owned(), None));
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let mut document: Document = toml::from_str(&text).map_err(|error| {
        let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
        let message = error.message().trim().replace('\n', ", ");
        let suggestion = suggest(&message);
        form(line.map_or_else(|| message.clone(), |line| format!("line {line}: {message}")), suggestion)
    })?;
    anchor(&mut document, path.parent().unwrap_or(Path::new(".")));
    Ok(document)
}

/// Lets every relative path start at a folder.
fn anchor(document: &mut Document, folder: &Path) {
    let Document { registry, token_file, tokens_file, audit_log, state, github, hetzner, telegram, .. } =
        document;
    let paths = [
        registry,
        token_file,
        tokens_file,
        audit_log,
        &mut state.file,
        &mut github.token_file,
        &mut github.private_key_file,
        &mut hetzner.token_file,
        &mut telegram.secret_file,
        &mut telegram.token_file,
    ];
    for path in paths.into_iter().flatten() {
        *path = folder.join(&*path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Document, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control.toml");
        std::fs::write(&path, text).unwrap();
        load(&path)
    }

    #[test]
    fn a_wrong_key_is_named_with_the_one_that_was_meant() {
        let error = read("registry = \"x\"\n[github]\nrepos = \"a/b\"\n").unwrap_err();
        let ConfigError::Form { message, suggestion, .. } = error else { panic!("{error}") };
        assert!(message.starts_with("line 3: unknown field `repos`"), "{message}");
        assert_eq!(suggestion.as_deref(), Some("repo"));
    }

    #[test]
    fn paths_start_at_the_folder_of_the_file() {
        let document =
            read("registry = \"fleet/clawlets.json\"\ntokens_file = \"/run/tokens.json\"\n").unwrap();
        assert!(document.registry.unwrap().is_absolute());
        assert_eq!(document.tokens_file.unwrap(), Path::new("/run/tokens.json"));
    }

    #[test]
    fn the_file_to_start_from_is_a_configuration() {
        let example = include_str!("../../testdata/control.toml");
        let document = read(example).unwrap();
        assert_eq!(document.discord.users.len(), 2);
    }
}
