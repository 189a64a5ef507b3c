//! Values from a person, from standard input, or from a generator. Never from the command line, which others can read.

use std::io::{self, Read};

use clawlets_model::{Secret, SecretName};
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_secrets::{hash_password, is_placeholder};
use zeroize::Zeroize;

use super::fault::of_generate;

/// The most that is read from standard input, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// Checks that a value is one.
///
/// # Errors
/// A fault for nothing at all, for a placeholder, for a byte that no variable can hold, and for a password where its hash
/// belongs. The value is not repeated.
pub(super) fn check(secret: &SecretName, value: &Secret<String>) -> Result<(), Fault> {
    if value.expose().trim().is_empty() {
        return Err(Fault::new(
            FaultCode::SecretsPlaceholder,
            format!("what is given for {secret} is empty"),
        )
        .hint("leave the secret out until you have its value"));
    }
    if value.expose().contains('\0') {
        let message = format!("what is given for {secret} holds a NUL byte, which no variable can hold");
        return Err(Fault::new(FaultCode::UsageValue, message));
    }
    if is_placeholder(value.expose()) {
        return Err(Fault::new(
            FaultCode::SecretsPlaceholder,
            format!("what is given for {secret} is a placeholder"),
        )
        .hint("leave the secret out until you have its value"));
    }
    if is_hash(secret) && !value.expose().starts_with('$') {
        return Err(Fault::new(FaultCode::SecretsPlaceholder, format!("{secret} must be a hash, such as $y$…"))
            .hint(format!("'clawlets secrets set {secret}' asks for the password and stores its hash; so does 'mkpasswd -m yescrypt'")));
    }
    Ok(())
}

/// Whether the value is the hash of a password and not the password.
fn is_hash(secret: &SecretName) -> bool {
    secret.as_str().ends_with("_password_hash")
}

/// Asks a person for a value; none when they have none yet. Where a hash belongs, the password is asked for.
///
/// # Errors
/// A fault when nobody can be asked, and for a placeholder.
pub(super) fn ask(printer: &Printer, secret: &SecretName) -> Result<Option<Secret<String>>, Fault> {
    let question = match is_hash(secret) {
        true => format!("Password for {secret} (its hash is stored)"),
        false => secret.to_string(),
    };
    let typed = printer.ask_secret(&question)?;
    if typed.expose().is_empty() {
        return Ok(None);
    }
    let value = match is_hash(secret) && !typed.expose().starts_with('$') {
        true => {
            if is_placeholder(typed.expose()) {
                check(secret, &typed)?;
            }
            hash_password(&typed).map_err(|error| of_generate(&error))?
        }
        false => typed,
    };
    check(secret, &value)?;
    Ok(Some(value))
}

/// All of standard input as a value. One newline at the end, which `echo` adds, is dropped.
///
/// # Errors
/// A fault when it is no text, too long, or a placeholder.
pub(super) fn from_stdin(secret: &SecretName) -> Result<Secret<String>, Fault> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes);
    if let Err(error) = read {
        bytes.zeroize();
        return Err(Fault::new(FaultCode::Io, "failed to read standard input").because(&error));
    }
    if bytes.len() as u64 > MAX_BYTES {
        bytes.zeroize();
        return Err(Fault::new(FaultCode::UsageValue, "what stands on standard input is longer than 1 MiB"));
    }
    let mut text = String::from_utf8(bytes).map_err(|error| {
        error.into_bytes().zeroize();
        Fault::new(FaultCode::UsageValue, "what stands on standard input is no UTF-8 text")
    })?;
    if text.ends_with('\n') && text.matches('\n').count() == 1 {
        text.pop();
    }
    let value = Secret::new(text);
    check(secret, &value)?;
    Ok(value)
}
