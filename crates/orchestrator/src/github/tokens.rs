//! The tokens of the VMs that are at work.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use clawlets_github::InstallationToken;
use clawlets_jobs::{Event, Fence, Job, Note, Store};
use clawlets_model::{JobId, Secret, cause::chain};
use tokio::time::Instant;

use super::{error::NoToken, source::Source};
use crate::{
    config::GithubApp,
    daemon::{Clock, StartError},
};

/// The tokens of the VMs that are at work. Clones share them.
#[derive(Clone)]
pub(crate) struct GithubTokens(Arc<Inner>);

struct Inner {
    /// None when no App is configured.
    source: Option<Source>,
    store: Store,
    clock: Clock,
    held: Mutex<HashMap<JobId, Held>>,
    troubles: Mutex<HashMap<JobId, String>>,
    /// Until when GitHub wants to be left alone.
    quiet_until: Mutex<Option<Instant>>,
}

/// The token of one VM; none while it is being minted.
#[derive(Clone)]
struct Held {
    attempt: u32,
    token: Arc<tokio::sync::Mutex<Option<InstallationToken>>>,
}

impl GithubTokens {
    /// Tokens of the App that is configured, if one is. Nothing is sent yet.
    ///
    /// # Errors
    /// [`StartError`] when the client cannot be set up.
    pub(crate) fn new(app: Option<&GithubApp>, store: Store, clock: Clock) -> Result<Self, StartError> {
        let source = app.map(Source::new).transpose()?;
        let (held, troubles, quiet_until) = Default::default();
        Ok(Self(Arc::new(Inner { source, store, clock, held, troubles, quiet_until })))
    }

    /// The token of a job's VM: a new one, or the one that this VM was given before.
    ///
    /// It is minted and kept even if nobody waits for the answer any more: a VM that lost its patience asks again.
    ///
    /// # Errors
    /// [`NoToken`].
    pub(crate) async fn of(&self, job: &Job) -> Result<Secret<String>, NoToken> {
        let (tokens, id, attempt) = (self.clone(), job.id, job.attempt);
        let minted = tokio::spawn(async move {
            let minted = tokens.mint_once(id, attempt).await;
            match &minted {
                Ok(_) => drop(lock(&tokens.0.troubles).remove(&id)),
                Err(error) => drop(lock(&tokens.0.troubles).insert(id, chain(error))),
            }
            // The job may have ended in the meantime.
            if let Ok(Some(job)) = tokens.0.store.get(id).await {
                tokens.let_go(&job);
            }
            minted
        });
        Ok(minted.await.map_err(|_| NoToken::Interrupted)??.token)
    }

    /// Why a job's VM got no token when it last asked for it.
    pub(crate) fn trouble(&self, job: JobId) -> Option<String> {
        lock(&self.0.troubles).get(&job).cloned()
    }

    /// Revokes a job's token if the job has ended or its VM is gone, in the background.
    pub(crate) fn let_go(&self, job: &Job) {
        if job.status.is_final() {
            lock(&self.0.troubles).remove(&job.id);
        }
        if !job.status.is_final() && job.vm.may_exist() {
            return;
        }
        if let Some(held) = lock(&self.0.held).remove(&job.id) {
            self.revoke_soon(job.id, held);
        }
    }

    async fn mint_once(&self, job: JobId, attempt: u32) -> Result<InstallationToken, NoToken> {
        let source = self.0.source.as_ref().ok_or(NoToken::Unconfigured)?;
        let held = self.hold(job, attempt);
        let mut token = held.token.lock().await;
        if let Some(token) = &*token {
            return Ok(token.clone());
        }
        let quiet_until = *lock(&self.0.quiet_until);
        let left = quiet_until.map(|until| until.duration_since(Instant::now())).unwrap_or_default();
        if !left.is_zero() {
            return Err(NoToken::TooEarly(left));
        }
        match source.mint(self.0.clock.now()).await {
            Ok(minted) => {
                let until = minted.expires_at;
                *token = Some(minted.clone());
                self.note(job, format!("minted for {}, good until {until:.0}", source.scope())).await;
                Ok(minted)
            }
            Err(error) => {
                if let NoToken::Github(github) = &error
                    && let Some(pause) = github.retry_after()
                {
                    *lock(&self.0.quiet_until) = Some(Instant::now() + pause.min(Duration::from_secs(3600)));
                }
                tracing::warn!(job_id = %job, error = chain(&error), "failed to mint a token for GitHub");
                Err(error)
            }
        }
    }

    /// The place of this VM's token. One of an earlier VM of the job is revoked.
    fn hold(&self, job: JobId, attempt: u32) -> Held {
        let mut all = lock(&self.0.held);
        if let Some(held) = all.get(&job).filter(|held| held.attempt == attempt) {
            return held.clone();
        }
        let fresh = Held { attempt, token: Arc::default() };
        if let Some(earlier) = all.insert(job, fresh.clone()) {
            self.revoke_soon(job, earlier);
        }
        fresh
    }

    fn revoke_soon(&self, job: JobId, held: Held) {
        let tokens = self.clone();
        tokio::spawn(async move {
            // Waits for a mint that is under way.
            let token = held.token.lock().await.take();
            let (Some(token), Some(source)) = (token, &tokens.0.source) else { return };
            let detail = match source.revoke(&token, tokens.0.clock.now()).await {
                Ok(()) => "revoked".to_owned(),
                Err(error) => {
                    let error = chain(&error);
                    tracing::warn!(job_id = %job, error, "failed to revoke a token for GitHub");
                    format!("not revoked, it ends by itself at {:.0}: {error}", token.expires_at)
                }
            };
            tokens.note(job, detail).await;
        });
    }

    async fn note(&self, job: JobId, detail: String) {
        let noted = Event::Noted { note: Note::GithubToken, detail };
        if let Err(error) = self.0.store.apply(job, Fence::Open, noted, self.0.clock.now()).await {
            tracing::error!(job_id = %job, error = chain(&error), "failed to remember what became of a token for GitHub");
        }
    }
}

impl std::fmt::Debug for GithubTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GithubTokens({} held)", lock(&self.0.held).len())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
