//! One request by somebody at the server itself.

use clawlets_audit::Face;
use clawlets_model::ExitCode;

use crate::{
    caller::Identity,
    control::{Answer, Control},
};

/// What a direct request came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Direct {
    /// The answer.
    pub answer: Answer,
    /// How the program ends.
    pub exit: ExitCode,
}

/// Does one request. Whoever can read the server's configuration has its tokens, so this is judged as a person's.
pub async fn invoke(control: &Control, body: &[u8]) -> Direct {
    let outcome = control.handle(Identity::Human, Face::Direct, Some(body)).await;
    let exit = outcome.as_ref().map_or_else(|refusal| refusal.code().exit_code(), |_| ExitCode::Ok);
    Direct { answer: Answer::of(&outcome), exit }
}
