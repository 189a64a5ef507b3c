//! The quickest way to a guest that works: out of the pool, else a copy of a template, else booted from nothing.

use std::path::PathBuf;

use async_trait::async_trait;

use super::{
    cold_boot,
    error::GuestError,
    guest_dir::GuestDir,
    launcher::Launcher,
    pool::{Pool, PoolFolders, PoolView},
    shim_process::ShimCommand,
    spec::{Birth, BootFiles, GuestSpec, Machine, Origin},
    template::{Shelf, TemplateKey},
    timeline::{Moment, Phase, Timeline},
};

/// Tries every way in the order of their speed.
#[derive(Debug)]
pub(crate) struct WarmStart {
    shim: ShimCommand,
    copies: Option<Copies>,
}

/// What guests are copied from.
#[derive(Debug)]
struct Copies {
    shelf: Shelf,
    pool: Pool,
}

impl WarmStart {
    /// Copies guests where that is possible, and keeps `pool_size` of them ready. The folders are for those that are nobody
    /// yet.
    pub(crate) fn new(
        shim: ShimCommand,
        template_folder: PathBuf,
        pool_folders: PoolFolders,
        pool_size: usize,
    ) -> Self {
        let shelf = Shelf::new(shim.clone(), template_folder);
        let pool = Pool::new(shim.clone(), pool_folders, shelf.clone(), pool_size);
        Self { shim, copies: Some(Copies { shelf, pool }) }
    }

    /// Boots every guest from nothing.
    pub(crate) fn cold(shim: ShimCommand) -> Self {
        Self { shim, copies: None }
    }

    async fn make(&self, dir: &GuestDir, spec: &GuestSpec) -> Result<Origin, GuestError> {
        if let Some(copies) = &self.copies
            && let Some(origin) = copies.provide(&self.shim, dir, spec).await?
        {
            return Ok(origin);
        }
        cold_boot::boot(&self.shim, dir, spec).await.map(|()| Origin::Cold)
    }
}

impl Copies {
    /// The server's guest, if it can be had without booting one.
    ///
    /// # Errors
    /// Only what would keep a guest from booting as well.
    async fn provide(
        &self,
        shim: &ShimCommand,
        dir: &GuestDir,
        spec: &GuestSpec,
    ) -> Result<Option<Origin>, GuestError> {
        if !spec.boot.parks {
            return Ok(None);
        }
        if let Some(origin) = self.claim(dir, spec).await {
            return Ok(Some(origin));
        }
        let server = spec.server_id;
        let (key, template) = match self.shelf.template(spec) {
            Ok(found) => found,
            Err(reason) => {
                tracing::info!(server, %reason, "booting a guest instead of copying one");
                return Ok(None);
            }
        };
        let (names, files) = template.files();
        let copy = GuestSpec { birth: Birth::Clone(names), ..spec.clone() };
        match shim.start(dir, &copy, files).await {
            Ok(()) => Ok(Some(Origin::Clone)),
            Err(error @ (GuestError::Boot { .. } | GuestError::Deadline { .. })) => {
                tracing::warn!(server, %error, "failed to copy a guest: booting it instead");
                self.shelf.distrust(key, &error.to_string());
                Ok(None)
            }
            Err(
                error @ (GuestError::File { .. }
                | GuestError::Specification { .. }
                | GuestError::AlreadyRunning { .. }
                | GuestError::NoShimCommand
                | GuestError::ShimStart { .. }
                | GuestError::Ended { .. }
                | GuestError::Control { .. }),
            ) => Err(error),
        }
    }

    /// Makes a guest out of the pool the server's, and says how that one came to be. Entries that turn out not to work are
    /// passed over.
    async fn claim(&self, dir: &GuestDir, spec: &GuestSpec) -> Option<Origin> {
        let key = TemplateKey::of(spec);
        while let Some(entry) = self.pool.take(key) {
            let origin = entry.origin();
            match entry.claim(dir, spec).await {
                Ok(()) => return Some(origin),
                Err(error) => {
                    tracing::warn!(server = spec.server_id, %error, "failed to claim a guest out of the pool");
                }
            }
        }
        None
    }
}

#[async_trait]
impl Launcher for WarmStart {
    async fn launch(&self, dir: &GuestDir, spec: &GuestSpec, asked: Moment) -> Result<Origin, GuestError> {
        let begun = Moment::now();
        let origin = self.make(dir, spec).await?;
        let mut timeline = Timeline::resume(dir.path());
        timeline.note(Phase::Running);
        timeline.note_at(Phase::Accepted, asked);
        timeline.note_at(Phase::Begun, begun);
        tracing::info!(
            server = spec.server_id,
            origin = origin.as_str(),
            us = Moment::now().since(asked),
            "a guest runs"
        );
        Ok(origin)
    }

    fn expect(&self, boot: &BootFiles, machine: &Machine) {
        let Some(copies) = self.copies.as_ref().filter(|_| boot.parks) else { return };
        let spec = GuestSpec::nobody(boot, machine);
        if let Err(reason) = copies.shelf.template(&spec) {
            tracing::debug!(%reason, "expecting guests");
        }
        copies.pool.expect(spec);
    }

    fn pool(&self) -> PoolView {
        self.copies.as_ref().map_or_else(PoolView::default, |copies| copies.pool.view())
    }

    fn resize(&self, size: usize) {
        if let Some(copies) = &self.copies {
            copies.pool.resize(size);
        }
    }

    async fn close(&self) {
        if let Some(copies) = &self.copies {
            copies.pool.close().await;
            copies.shelf.close().await;
        }
    }
}
