//! The errors of this crate as faults that a user meets.

use std::io;

use clawlets_github::SetupError;
use clawlets_model::HostName;
use clawlets_printer::{Fault, FaultCode};
use clawlets_secrets::sops::SopsError;
use clawlets_seed::{checkout::CheckoutError, snapshot::SnapshotError, workspace::WorkspaceError};

use crate::{
    bootstrap::BootError,
    config::ConfigError,
    github::{MintError, NoToken},
    github_sync::SyncError,
    records::RecordsError,
    secrets::{ActivateError, FetchError, InstallError},
    updater::UpdateError,
    watch::WatchError,
};

pub(crate) fn of_config(error: &ConfigError) -> Fault {
    match error {
        ConfigError::Unreadable { .. } => Fault::new(FaultCode::ConfigInvalid, error.to_string())
            .because(std::error::Error::source(error).unwrap_or(error)),
        ConfigError::Invalid { suggestion, message, .. } => {
            let code = if message.starts_with("unknown field") {
                FaultCode::ConfigUnknownKey
            } else {
                FaultCode::ConfigInvalid
            };
            let fault = Fault::new(code, error.to_string());
            match suggestion {
                Some(key) => fault.hint(format!("did you mean {key:?}?")),
                None => fault,
            }
        }
        ConfigError::Updates { .. } => Fault::new(FaultCode::ConfigInvalid, error.to_string()),
    }
}

/// Why no boot began, or went on.
pub(crate) fn of_boot(error: &BootError) -> Fault {
    match error {
        BootError::Interrupted => Fault::new(FaultCode::Interrupted, error.to_string()),
        BootError::Busy => Fault::of(FaultCode::BootBusy, error),
        BootError::File { .. } => Fault::of(FaultCode::Io, error),
        BootError::Said { .. }
        | BootError::NoBucket
        | BootError::Value(_)
        | BootError::Endpoint(_)
        | BootError::Key { .. } => Fault::of(FaultCode::BootIdentity, error),
        BootError::Aws(_) | BootError::Metadata(_) | BootError::Credentials(_) | BootError::Setup(_) => {
            Fault::of(FaultCode::AwsFailed, error)
        }
        BootError::Refused(_)
        | BootError::OtherBytes { .. }
        | BootError::Content(_)
        | BootError::Install(_) => Fault::of(FaultCode::BootRefused, error),
        BootError::Secrets(FetchError::Aws { .. }) => Fault::of(FaultCode::AwsFailed, error),
        BootError::Secrets(
            FetchError::Name { .. }
            | FetchError::Unreadable { .. }
            | FetchError::Instance(_)
            | FetchError::Unlikely { .. }
            | FetchError::Activate(_),
        ) => Fault::of(FaultCode::SecretsNotFetched, error),
        BootError::Late { .. } | BootError::Command { .. } | BootError::Gateway { .. } => {
            Fault::of(FaultCode::BootStopped, error)
        }
    }
}

/// As [`of_boot`], for a pass that came to its end and is not ready. What was in use is untouched.
pub(crate) fn of_failed_boot(error: &BootError) -> Fault {
    if let BootError::Late { last: Some(last), .. } = error {
        return Fault::new(of_boot(last).code(), error.to_string()).because(&**last);
    }
    of_boot(error)
}

pub(crate) fn of_update(error: &UpdateError) -> Fault {
    match error {
        UpdateError::Config(error) => of_config(error),
        UpdateError::Records(error) => of_records(error),
        UpdateError::Clock(source) => Fault::new(FaultCode::Io, error.to_string()).because(source),
    }
}

pub(crate) fn of_records(error: &RecordsError) -> Fault {
    let code = match error {
        RecordsError::Busy => FaultCode::UpdateBusy,
        RecordsError::Floor(_) => FaultCode::UpdateFloor,
        RecordsError::Read { .. }
        | RecordsError::Write { .. }
        | RecordsError::Newer { .. }
        | RecordsError::NoSystem { .. } => FaultCode::UpdateRecords,
    };
    let fault = Fault::of(code, error);
    match error {
        RecordsError::Read { source, .. } | RecordsError::Write { source, .. } => hint_at_root(fault, source),
        RecordsError::Busy
        | RecordsError::Floor(_)
        | RecordsError::Newer { .. }
        | RecordsError::NoSystem { .. } => fault,
    }
}

/// What a host keeps belongs to whoever updates it.
fn hint_at_root(fault: Fault, source: &io::Error) -> Fault {
    if source.kind() != io::ErrorKind::PermissionDenied {
        return fault;
    }
    fault.hint("run it as root, or name a world of your own with --config")
}

pub(crate) fn of_install(error: &InstallError) -> Fault {
    let code = match error {
        InstallError::Write { .. } => FaultCode::Io,
        InstallError::OtherBytes { .. }
        | InstallError::Bundle(_)
        | InstallError::NotSealed { .. }
        | InstallError::NotText { .. } => FaultCode::SecretsBundleRefused,
    };
    let fault = Fault::of(code, error);
    match error {
        InstallError::Write { source, .. } => hint_at_root(fault, source),
        InstallError::OtherBytes { .. }
        | InstallError::Bundle(_)
        | InstallError::NotSealed { .. }
        | InstallError::NotText { .. } => fault,
    }
}

pub(crate) fn of_activate(error: &ActivateError, host: &HostName) -> Fault {
    let code = match error {
        ActivateError::NoBundle { .. } => FaultCode::SecretsNoBundle,
        ActivateError::Shelf(source) => return of_install(source),
        ActivateError::KeyUnreadable { .. } | ActivateError::NoKey { .. } => FaultCode::SecretsNoKey,
        ActivateError::KeyExposed { .. } => FaultCode::SecretsKeyExposed,
        ActivateError::Closed { source: SopsError::NoKey { .. }, .. } => FaultCode::SecretsClosed,
        ActivateError::Closed { source: SopsError::Tampered, .. } => FaultCode::SecretsTampered,
        ActivateError::Closed { .. } | ActivateError::NoValue { .. } => FaultCode::SecretsUnreadable,
        ActivateError::UnknownOwner { .. } | ActivateError::NotMemory { .. } => FaultCode::ConfigInvalid,
        ActivateError::Read { .. } | ActivateError::Write { .. } => FaultCode::Io,
    };
    let fault = Fault::of(code, error);
    match error {
        ActivateError::NoBundle { .. } => {
            fault.hint(format!("an operator can send it one: 'clawlets secrets sync --host {host}'"))
        }
        ActivateError::KeyExposed { path } => fault.hint(format!("chmod 0400 {}", path.display())),
        ActivateError::Shelf(_)
        | ActivateError::KeyUnreadable { .. }
        | ActivateError::NoKey { .. }
        | ActivateError::Closed { .. }
        | ActivateError::NoValue { .. }
        | ActivateError::UnknownOwner { .. }
        | ActivateError::NotMemory { .. }
        | ActivateError::Read { .. }
        | ActivateError::Write { .. } => fault,
    }
}

pub(crate) fn of_watch(error: &WatchError) -> Fault {
    let code = match error {
        WatchError::Busy => FaultCode::WatchBusy,
        WatchError::Write { .. } | WatchError::Clock(_) => FaultCode::Io,
        WatchError::Serve { .. } => FaultCode::WatchServe,
    };
    Fault::of(code, error)
}

pub(crate) fn of_github_setup(error: &SetupError) -> Fault {
    Fault::of(FaultCode::GithubToken, error)
}

pub(crate) fn of_mint(error: &MintError) -> Fault {
    let code = match error {
        MintError::Busy(_) => FaultCode::GithubBusy,
        MintError::Access(_) | MintError::Github(_) | MintError::Io { .. } => FaultCode::GithubToken,
    };
    Fault::of(code, error)
}

pub(crate) fn of_no_token(error: &NoToken) -> Fault {
    let hint = "'clawlets-host github-token mint' makes one; GITHUB_TOKEN may hold another";
    Fault::of(FaultCode::GithubNoToken, error).hint(hint)
}

pub(crate) fn of_sync(error: &SyncError) -> Fault {
    let code = match error {
        SyncError::Nothing | SyncError::NoOwner(_) | SyncError::Owner(_) | SyncError::Repository(_) => {
            FaultCode::UsageArguments
        }
        SyncError::List(..) => FaultCode::GithubUnread,
        SyncError::Busy(_) => FaultCode::GithubBusy,
        SyncError::Io { .. } => FaultCode::Io,
    };
    let fault = Fault::of(code, error);
    match error {
        SyncError::Nothing => {
            fault.hint("'--org' or '--repo', or [github.sync] in the configuration, names some")
        }
        SyncError::NoOwner(_)
        | SyncError::Owner(_)
        | SyncError::Repository(_)
        | SyncError::List(..)
        | SyncError::Busy(_)
        | SyncError::Io { .. } => fault,
    }
}

pub(crate) fn of_checkout(error: &CheckoutError) -> Fault {
    let code = match error {
        CheckoutError::Busy(_) => FaultCode::SeedBusy,
        CheckoutError::Io { .. } | CheckoutError::Snapshot(SnapshotError::Io { .. }) => FaultCode::Io,
        CheckoutError::Git(_) => FaultCode::SeedUnreachable,
        CheckoutError::Snapshot(
            SnapshotError::Damaged { .. }
            | SnapshotError::Refused { .. }
            | SnapshotError::TooLarge { .. }
            | SnapshotError::Unfit { .. },
        ) => FaultCode::SeedSnapshot,
    };
    Fault::of(code, error)
}

pub(crate) fn of_workspace(error: &WorkspaceError) -> Fault {
    let code = match error {
        WorkspaceError::Io { .. } => FaultCode::Io,
        WorkspaceError::Source { .. } | WorkspaceError::Record { .. } => FaultCode::SeedWorkspace,
    };
    Fault::of(code, error)
}
