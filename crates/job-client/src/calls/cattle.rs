//! Calls about live VMs, for operators.

use clawlets_model::{
    Ttl, limits,
    socket::{CattleAnswer, CattleChange, ConsoleAnswer, ExtendRequest, ReapAnswer, ReapRequest},
};
use http::Method;

use crate::{
    Client, ClientError, Reference,
    client::{PROVIDER, QUICK},
    connection::Repeated,
    query::segment,
};

impl Client {
    /// The live VMs of this orchestrator, oldest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn cattle(&self) -> Result<CattleAnswer, ClientError> {
        self.call(Method::GET, "/v1/cattle", QUICK).await
    }

    /// VMs of ours that no job owns.
    ///
    /// # Errors
    /// [`ClientError`]; the orchestrator asks the provider for this.
    pub async fn leaks(&self) -> Result<CattleAnswer, ClientError> {
        self.call(Method::GET, "/v1/cattle/leaks", PROVIDER).await
    }

    /// Destroys a VM, whatever it is doing.
    ///
    /// # Errors
    /// [`ClientError::Api`] when there is none.
    pub async fn destroy(&self, vm: &Reference) -> Result<CattleChange, ClientError> {
        self.call(Method::DELETE, &format!("/v1/cattle/{}", segment(vm.as_str())), PROVIDER).await
    }

    /// Gives a VM another time to live, counted from now.
    ///
    /// # Errors
    /// [`ClientError::Api`] when there is none, or the TTL is beyond the longest that is allowed.
    pub async fn extend(&self, vm: &Reference, ttl: Ttl) -> Result<CattleChange, ClientError> {
        let request = ExtendRequest { protocol_version: limits::PROTOCOL_VERSION, ttl };
        self.post(
            &format!("/v1/cattle/{}/extend", segment(vm.as_str())),
            &request,
            Repeated::Harmful,
            PROVIDER,
        )
        .await
    }

    /// A part of what a VM wrote to its serial port, from byte `from` on.
    ///
    /// # Errors
    /// [`ClientError::Api`] when there is no such VM, or its provider keeps no consoles.
    pub async fn console(&self, vm: &Reference, from: u64) -> Result<ConsoleAnswer, ClientError> {
        let path = format!("/v1/cattle/{}/console?from={from}", segment(vm.as_str()));
        self.call(Method::GET, &path, PROVIDER).await
    }

    /// Deletes, at once, VMs that are expired, off or unowned.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn reap(&self, request: &ReapRequest) -> Result<ReapAnswer, ClientError> {
        self.post("/v1/cattle/reap", request, Repeated::Harmful, PROVIDER).await
    }
}
