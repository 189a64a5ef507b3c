//! One guest that is nobody yet.

use std::{fs, path::PathBuf, time::Duration};

use crate::{
    state_dir::NOBODY,
    vm::{
        control::{Request, ask_within},
        error::GuestError,
        guest_dir::GuestDir,
        shim_process::ShimCommand,
        spec::{Birth, GuestSpec, Origin},
        template::{Template, TemplateKey},
    },
};

/// How long a claim may take before another guest is taken. It takes a few milliseconds.
const CLAIM_DEADLINE: Duration = Duration::from_secs(3);

/// How far a guest of the pool has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It has been restored, and has never run.
    Fresh,
    /// It has rehearsed.
    Rehearsed,
}

/// A paused guest, in a directory of its own.
#[derive(Clone, Debug)]
pub(in crate::vm) struct Entry {
    dir: GuestDir,
    key: TemplateKey,
    kind: Kind,
    birth: Birth,
}

impl Entry {
    /// Makes one in the folder `path`, which must not exist. After an error nothing is left of it.
    pub(super) async fn make(
        shim: &ShimCommand,
        path: PathBuf,
        kind: Kind,
        (key, template): (TemplateKey, &Template),
    ) -> Result<Self, GuestError> {
        let dir = GuestDir::new(path, NOBODY);
        dir.create()?;
        let spec = template.nobody(match kind {
            Kind::Fresh => Birth::Fresh,
            Kind::Rehearsed => Birth::Spare,
        });
        let (_, files) = template.files();
        match shim.start(&dir, &spec, files).await {
            Ok(()) => Ok(Self { dir, key, kind, birth: spec.birth }),
            Err(error) => {
                let _ = dir.remove();
                Err(error)
            }
        }
    }

    pub(super) fn key(&self) -> TemplateKey {
        self.key
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// How a guest came to be that claims it.
    pub(in crate::vm) fn origin(&self) -> Origin {
        self.birth.origin()
    }

    pub(super) fn dir(&self) -> &GuestDir {
        &self.dir
    }

    /// Whether its processes exist.
    pub(super) fn is_alive(&self) -> bool {
        self.dir.is_alive().unwrap_or(false)
    }

    /// Makes it the server's guest. Its directory becomes the server's.
    ///
    /// # Errors
    /// Whatever went wrong; then nothing of the guest runs, and the server's directory is there and empty.
    pub(in crate::vm) async fn claim(self, dir: &GuestDir, spec: &GuestSpec) -> Result<(), GuestError> {
        // What a guest of the server before has left there is replaced.
        dir.remove()?;
        if let Err(source) = fs::rename(self.dir.path(), dir.path()) {
            let path = self.dir.path().to_path_buf();
            self.end().await;
            dir.create()?;
            return Err(GuestError::File { action: "move", path, source });
        }
        let spec = GuestSpec { birth: self.birth, ..spec.clone() };
        let claim = Request::Claim { spec: Box::new(spec) };
        let claimed = ask_within(dir, &claim, CLAIM_DEADLINE).await;
        if claimed.is_err() {
            end(dir.clone()).await?;
            dir.remove()?;
            dir.create()?;
        }
        claimed
    }

    /// Ends it, and removes what is left of it.
    pub(super) async fn end(self) {
        let dir = self.dir.clone();
        let ended = end(self.dir).await.and_then(|()| dir.remove());
        if let Err(error) = ended {
            tracing::warn!(%error, path = %dir.path().display(), "failed to end an entry of the pool");
        }
    }
}

async fn end(dir: GuestDir) -> Result<(), GuestError> {
    let path = dir.path().to_path_buf();
    let ended = tokio::task::spawn_blocking(move || dir.end()).await;
    ended.unwrap_or_else(|error| {
        Err(GuestError::File { action: "end the guest of", path, source: std::io::Error::other(error) })
    })
}
