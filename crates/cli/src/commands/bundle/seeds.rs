//! The snapshot of a fleet's repositories.

use std::{
    fs::{self, File},
    io::BufWriter,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use clap::{Args, ValueHint};
use clawlets_printer::{Fault, FaultCode, Printer, count};
use clawlets_seed::{
    checkout::{Copies, Outcome},
    git::{Credential, Git, Stop},
    repos::{FileUrls, Origin, RepoList, RepoName},
    snapshot,
};
use signal_hook::{consts::SIGINT, flag};

use super::fault::of_io;
use crate::env_file::{Key, Settings};

/// How long one call of git may take.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Which repositories are packed.
#[derive(Debug, Clone, Args)]
pub(super) struct SeedsFlags {
    /// A snapshot that was packed before, as it is.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["repos", "repos_list"])]
    repo_seeds: Option<PathBuf>,
    /// The list of repositories [default: repos.tsv of the project; none if that is missing].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    repos_list: Option<PathBuf>,
    /// A folder with a copy of each, which is packed as it is [default: copies in .clawlets/repos, which are brought up to
    /// date].
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    repos: Option<PathBuf>,
    /// Take file:// URLs as well, for trying things out.
    #[arg(long)]
    allow_file_urls: bool,
}

impl SeedsFlags {
    /// Writes the snapshot to `out`.
    pub(super) fn pack(
        &self,
        printer: &Printer,
        root: &Path,
        runtime: &Path,
        settings: &Settings,
        out: &Path,
    ) -> Result<(), Fault> {
        if let Some(ready) = &self.repo_seeds {
            return fs::copy(ready, out).map(|_| ()).map_err(|error| of_io("read", ready, &error));
        }
        let list = self.list(root)?;
        let names: Vec<RepoName> = list.iter().map(|seed| seed.name.clone()).collect();
        let copies = match &self.repos {
            Some(copies) => copies.clone(),
            None => {
                let copies = runtime.join("repos");
                if !list.is_empty() {
                    bring(printer, &copies, &list, settings)?;
                }
                copies
            }
        };
        let step = printer.step("Pack the repositories");
        let file = File::create(out).map_err(|error| of_io("write", out, &error))?;
        let mut writer = BufWriter::new(file);
        let packed = snapshot::build(&copies, &names, &mut writer).map_err(|error| {
            Fault::new(FaultCode::SeedUnreachable, "failed to pack the repositories").because(&error)
        })?;
        let flushed = writer.into_inner().map_err(std::io::IntoInnerError::into_error);
        flushed.and_then(|file| file.sync_all()).map_err(|error| of_io("write", out, &error))?;
        step.done(&count(usize::try_from(packed.files).unwrap_or(usize::MAX), "file"));
        Ok(())
    }

    fn list(&self, root: &Path) -> Result<RepoList, Fault> {
        let path = self.repos_list.clone().unwrap_or_else(|| root.join("repos.tsv"));
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && self.repos_list.is_none() => {
                Vec::new()
            }
            Err(error) => return Err(of_io("read", &path, &error)),
        };
        let files = if self.allow_file_urls { FileUrls::Allowed } else { FileUrls::Refused };
        RepoList::parse(&bytes, files)
            .map_err(|error| Fault::new(FaultCode::SeedList, format!("{}: {error}", path.display())))
    }
}

/// Brings copies of all repositories up to date. A snapshot that lacks one, or has an old one, is none.
fn bring(printer: &Printer, folder: &Path, list: &RepoList, settings: &Settings) -> Result<(), Fault> {
    let failed = |name: &RepoName, error: &dyn std::error::Error| {
        Fault::new(FaultCode::SeedUnreachable, format!("failed to bring {name} here")).because(error)
    };
    let told = Arc::new(AtomicBool::new(false));
    flag::register(SIGINT, Arc::clone(&told))
        .map_err(|error| Fault::new(FaultCode::Io, "failed to listen for signals").because(&error))?;
    let token = settings.get(Key::GithubToken).map(|(_, token)| token.clone());
    let github = Origin::parse("https://github.com").expect("GitHub's address is an origin");
    let git = Git::new(Path::new("git"), PATIENCE, Stop::when(told))
        .with_credential(token.map(|token| Credential::new(github, token)));
    let copies = Copies::open(folder).map_err(|error| {
        Fault::new(FaultCode::SeedUnreachable, format!("failed to use {}", folder.display())).because(&error)
    })?;
    for seed in list.iter() {
        let step = printer.step(&format!("Bring {} here", seed.name));
        match copies.bring(&git, seed, None).map_err(|error| failed(&seed.name, &error))? {
            Outcome::Cloned(_) | Outcome::Restored(_) => step.done("cloned"),
            Outcome::Updated { .. } => step.done("updated"),
            Outcome::Unchanged(_) => step.done("unchanged"),
            Outcome::LeftAlone(reason) => {
                let message =
                    format!("{} cannot be packed: {reason}", folder.join(seed.name.as_str()).display());
                return Err(
                    Fault::new(FaultCode::SeedConflict, message).hint("remove it, and run this again")
                );
            }
        }
    }
    Ok(())
}
