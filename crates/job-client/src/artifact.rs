//! The bytes of a file that a task left.

use clawlets_model::socket::ArtifactView;
use http::Method;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::{Client, ClientError, Reference, calls::path_of, client::QUICK, query::segment};

impl Client {
    /// Writes an artifact's bytes to `sink`, and proves by size and SHA-256 that they are the announced ones. They must
    /// not be used when this fails.
    ///
    /// # Errors
    /// [`ClientError::Damaged`] when they are others, [`ClientError::Write`] when the sink fails.
    pub async fn artifact(
        &self,
        job: &Reference,
        artifact: &ArtifactView,
        sink: &mut (dyn AsyncWrite + Unpin + Send),
    ) -> Result<(), ClientError> {
        let damaged = |what: String| ClientError::Damaged { name: artifact.name.clone(), what };
        let path = path_of(job, &format!("/artifacts/{}", segment(artifact.name.as_str())));
        let mut body = self.send(Method::GET, &path, QUICK).await?;
        let (mut size, mut hash) = (0_u64, Sha256::new());
        while let Some(piece) = body.piece().await? {
            size += piece.len() as u64;
            if size > artifact.size {
                return Err(damaged(format!("it is larger than its {} bytes", artifact.size)));
            }
            hash.update(&piece);
            sink.write_all(&piece).await.map_err(ClientError::Write)?;
        }
        sink.flush().await.map_err(ClientError::Write)?;
        if size != artifact.size {
            return Err(damaged(format!("{size} of its {} bytes came", artifact.size)));
        }
        let sha256 = hex::encode(hash.finalize());
        if sha256 != artifact.sha256 {
            return Err(damaged(format!("its SHA-256 is {sha256}, not {}", artifact.sha256)));
        }
        Ok(())
    }
}
