//! A job's log, as far as it goes now.

use clawlets_model::guest::LogRecord;
use http::Method;

use super::jobs::path_of;
use crate::{Client, ClientError, LogRange, Reference, client::QUICK};

impl Client {
    /// Hands every record of a job's log to `each`, oldest first, until the log's present end or until `each` answers
    /// [`std::ops::ControlFlow::Break`].
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn logs(
        &self,
        job: &Reference,
        range: LogRange,
        mut each: impl FnMut(LogRecord) -> std::ops::ControlFlow<()>,
    ) -> Result<(), ClientError> {
        let path = path_of(job, &format!("/logs{}", range.to_query(None)));
        let mut body = self.send(Method::GET, &path, QUICK).await?;
        while let Some(line) = body.line().await? {
            if line.is_empty() {
                continue;
            }
            let record = serde_json::from_str(&line).map_err(|error| body.protocol(error.to_string()))?;
            if each(record).is_break() {
                break;
            }
        }
        Ok(())
    }
}
