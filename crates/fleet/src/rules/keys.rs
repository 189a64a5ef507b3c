//! Whether public keys have the form of one. A key that has not is a doubt: nothing will ever match it.

use base64::{Engine, engine::general_purpose::STANDARD};
use clawlets_model::ssh_key::SshPublicKey;

use crate::{
    form::Fields,
    problem::{Draft, ProblemCode},
    value::{KeyText, Line},
};

/// Minisign: `Ed`, an id of eight bytes and a key of 32.
fn is_minisign(text: &str) -> bool {
    minisign_name(text).is_some()
}

/// The name of a minisign key as minisign shows it: its id, the last byte first, in 16 upper-case digits.
pub(super) fn minisign_name(text: &str) -> Option<String> {
    let bytes = STANDARD.decode(text).ok().filter(|bytes| bytes.len() == 42 && bytes.starts_with(b"Ed"))?;
    let id = bytes.get(2..10)?.try_into().ok()?;
    Some(format!("{:016X}", u64::from_le_bytes(id)))
}

/// Nix: a name, a colon, and a key of 32 bytes.
fn is_nix(text: &str) -> bool {
    text.split_once(':').is_some_and(|(name, key)| {
        !name.is_empty() && STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 32)
    })
}

fn doubt(fields: &mut Fields<'_, '_, '_>, list: &str, at: usize, kind: &str) {
    let draft = Draft::new(ProblemCode::DoubtfulKey, format!("is not {kind}"));
    fields.rule(&[list, &at.to_string()], draft);
}

pub(super) fn minisign(fields: &mut Fields<'_, '_, '_>, list: &str, keys: &[KeyText]) {
    for (at, _) in keys.iter().enumerate().filter(|(_, key)| !is_minisign(key.as_str())) {
        doubt(fields, list, at, "a minisign public key");
    }
}

pub(super) fn nix(fields: &mut Fields<'_, '_, '_>, list: &str, keys: &[KeyText]) {
    for (at, _) in keys.iter().enumerate().filter(|(_, key)| !is_nix(key.as_str())) {
        doubt(fields, list, at, "a key of a Nix cache, name:base64");
    }
}

pub(super) fn ssh(fields: &mut Fields<'_, '_, '_>, list: &str, lines: &[Line]) {
    for (at, _) in
        lines.iter().enumerate().filter(|(_, line)| SshPublicKey::from_line(line.as_str()).is_none())
    {
        doubt(fields, list, at, "an SSH public key");
    }
}
