//! Reading actions, and waiting for them.

use std::time::Duration;

use clawlets_model::Scrubber;
use serde::Deserialize;

use super::{Hetzner, servers::Acted};
use crate::{
    Action, ActionId, ActionProgress, CloudError, board::Watcher, deadline::Deadline, error_reply::plain,
    request::Request, retry::Repeat, waiting::Waiting,
};

#[derive(Deserialize)]
struct Several {
    actions: Vec<Action>,
}

impl Hetzner {
    pub(super) async fn read_action(&self, id: ActionId) -> Result<Action, CloudError> {
        let request = Request::get(&["actions", &id.to_string()], format!("read action {id}"));
        Ok(self.call::<Acted>(&request, Repeat::Harmless).await?.action)
    }

    pub(super) async fn wait_for(
        &self,
        ids: &[ActionId],
        patience: Duration,
        progress: Option<ActionProgress<'_>>,
    ) -> Result<Vec<Action>, CloudError> {
        let deadline = Deadline::after(patience);
        let mut waiting = Waiting::new(ids);
        let mut watcher = self.board.watch(ids);
        loop {
            if let Some(actions) = waiting.complete() {
                return Ok(actions);
            }
            let news = self.news(&mut watcher, waiting.pending(), deadline).await;
            if matches!(news, Err(CloudError::Timeout { .. })) && deadline.left().is_zero() {
                return Err(CloudError::ActionsPending { pending: waiting.pending(), after: patience });
            }
            for action in news? {
                if let Some(progress) = progress {
                    progress(&action);
                }
                waiting.take(action);
            }
            if let Some(action) = waiting.failed() {
                return Err(failure(action));
            }
            let pending = waiting.pending();
            let pause = waiting.pause(self.http.rate_limit()).min(deadline.left());
            if !pending.is_empty() && pause.is_zero() {
                return Err(CloudError::ActionsPending { pending, after: patience });
            }
            if !pending.is_empty() {
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = watcher.any_ended(&pending) => {}
                }
            }
        }
    }

    /// What is new of these actions: what others read meanwhile, and the rest from the provider.
    async fn news(
        &self,
        watcher: &mut Watcher<'_>,
        pending: Vec<ActionId>,
        deadline: Deadline,
    ) -> Result<Vec<Action>, CloudError> {
        let (mut news, mut unread) = watcher.take(&pending);
        while !unread.is_empty() {
            let Ok(turn) = tokio::time::timeout(deadline.left(), self.board.turn.lock()).await else {
                let tried = format!("read {} actions", unread.len());
                return Err(CloudError::Timeout { tried, after: self.patience });
            };
            // Whoever had the turn before may have read these as well.
            let (more, still_unread) = watcher.take(&unread);
            news.extend(more);
            unread = still_unread;
            if !unread.is_empty() {
                let batch = self.board.batch(&unread);
                let answer = self.read_actions(&batch, deadline).await?;
                self.board.post(&batch, answer);
            }
            drop(turn);
        }
        Ok(news)
    }

    async fn read_actions(&self, ids: &[ActionId], deadline: Deadline) -> Result<Vec<Action>, CloudError> {
        let request =
            Request::get(&["actions"], format!("read {} actions", ids.len())).with("per_page", "50");
        let request = ids.iter().fold(request, |request, id| request.with("id", id.to_string()));
        let several: Several = self.call_until(&request, Repeat::Harmless, deadline).await?;
        Ok(several.actions)
    }
}

fn failure(action: &Action) -> CloudError {
    let text = |text: &str| plain(&Scrubber::default(), text);
    let (code, message) = match &action.error {
        Some(fault) => (text(&fault.code), text(&fault.message)),
        None => ("unknown".to_owned(), "the cloud does not say why".to_owned()),
    };
    CloudError::ActionFailed { action: action.id, command: text(&action.command), code, message }
}
