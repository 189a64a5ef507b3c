//! Codes of faults: the secrets of a fleet.

use super::table::codes;

codes! {
    /// There is no key to decrypt with.
    SecretsNoKey = "clawlets::secrets::no_key", NotFound,
        "There is no age key to decrypt with, or the file that should hold one does not.",
        "Name a key file with `--age-key-file` or `SOPS_AGE_KEY_FILE`, or put yours into `.clawlets/keys/operators/NAME.agekey`.";
    /// A key file is open to others.
    SecretsKeyExposed = "clawlets::secrets::key_exposed", Refused,
        "A key file may be read by other users of this machine.",
        "The hint says what to run. Think about whether somebody has read it already.";
    /// A host has no secrets bundle.
    SecretsNoBundle = "clawlets::secrets::no_bundle", NotFound,
        "No bundle of secrets belongs to the system that runs on the host, and none was installed by hand.",
        "Send one with `clawlets secrets sync --host HOST`; every release brings its own.";
    /// None of the keys opens a file.
    SecretsClosed = "clawlets::secrets::closed", Refused,
        "None of the keys at hand decrypts the file.",
        "`clawlets secrets who-can-read` shows whose keys do. One of them can add yours with `clawlets secrets rotate --operator add`.";
    /// A file was changed by hand.
    SecretsTampered = "clawlets::secrets::tampered", Refused,
        "An encrypted file was changed after it was written: a value was altered, moved, added or removed, or stands there unencrypted.",
        "Take the file from before the change out of git, and make the change with `clawlets secrets edit` or `sops`.";
    /// A file cannot be used as a file of secrets.
    SecretsUnreadable = "clawlets::secrets::unreadable", Refused,
        "A file is not a SOPS file, or uses what this program cannot read or write without loss.",
        "The message says what it is. The program `sops` reads every form of such files.";
    /// A value is a placeholder.
    SecretsPlaceholder = "clawlets::secrets::placeholder", Refused,
        "What was given as a value stands for one that is still to come, such as `CHANGE_ME` or `<token>`. It was not stored.",
        "Leave the secret out until you have its value; `clawlets secrets list` shows it as missing until then.";
    /// The secrets of the fleet have faults.
    SecretsIncomplete = "clawlets::secrets::incomplete", Refused,
        "A secret that the fleet needs is missing, or one of the checks of the secrets failed.",
        "Each line names what is wrong and the command that repairs it.";
    /// There is no such secret.
    SecretsUnknown = "clawlets::secrets::unknown", NotFound,
        "There is no such secret, file or operator.",
        "`clawlets secrets list` shows the secrets, `clawlets secrets who-can-read` the readers.";
    /// Something is there already.
    SecretsExists = "clawlets::secrets::exists", Conflict,
        "A file or an operator of that name is there already; nothing was changed.",
        "Choose another name.";
    /// The rules of who can read what do not do.
    SecretsRules = "clawlets::secrets::rules", Refused,
        "`secrets/.sops.yaml` cannot be read, does not name the readers of a file, or would leave a file without any.",
        "The message says which rule. `clawlets secrets init` writes the rules of hosts that have none.";
    /// The editor failed.
    SecretsEditor = "clawlets::secrets::editor", Failed,
        "The editor could not be started, or ended with an error. Nothing was changed.",
        "Name another one with `EDITOR`.";
    /// A secrets bundle is not installed.
    SecretsBundleRefused = "clawlets::secrets::bundle_refused", Refused,
        "A secrets bundle is not the one that was announced, or holds what none may hold: another kind of entry, a name that is no secret's, a value that is not encrypted.",
        "Nothing was installed. Pack it again with `clawlets secrets bundle` or `clawlets secrets sync`.";
    /// Secrets were not fetched.
    SecretsNotFetched = "clawlets::secrets::not_fetched", Refused,
        "A secret at AWS is empty, a placeholder or of the wrong kind, or the secrets could not be put in use. Those from before stay in use.",
        "The message names the secret. Store it anew at AWS, and run `clawlets-host secrets fetch`.";
}
