//! What the product asks of a cloud.

use std::time::Duration;

use async_trait::async_trait;
use clawlets_model::Labels;

use crate::{
    Action, ActionId, CloudError, CreateFirewall, CreateImage, CreateServer, CreateSshKey, CreatedFirewall,
    CreatedImage, CreatedServer, Deletion, Firewall, FirewallId, FirewallRule, FirewallTarget, Image,
    ImageFilter, ImageId, Location, Pricing, RateLimit, Selector, Server, ServerId, ServerType, SshKey,
    SshKeyId,
};

/// Told of every action each time it is read while somebody waits for it.
pub type ActionProgress<'a> = &'a (dyn Fn(&Action) + Send + Sync);

/// A cloud project: servers and what belongs to them.
///
/// Every call is bounded by the deadline of its implementation and repeats itself only where that is safe, so callers
/// need no loop of their own. Each fails with a [`CloudError`] that names what was tried;
/// [`CloudError::maybe_accepted`] says when the effect may have happened all the same.
///
/// A future that is dropped leaves its request in flight: what it asked for may still happen.
#[async_trait]
pub trait Cloud: Send + Sync {
    /// Creates a server, with all its labels on the one create request.
    ///
    /// When it is not known whether an earlier request of this call was accepted, or when the name is taken, the server
    /// is looked up by name first and adopted if [`CreateServer::is_origin_of`] says that it is this very one.
    ///
    /// # Errors
    /// [`CloudError::NameTaken`] when a server of that name is somebody else's; [`CloudError::OutOfCapacity`] and
    /// [`CloudError::ResourceLimit`] without another try; [`CloudError::Unsettled`] when the deadline passed before it
    /// was known whether the server exists.
    async fn create_server(&self, request: &CreateServer) -> Result<CreatedServer, CloudError>;

    /// One server, `None` when there is none.
    ///
    /// # Errors
    /// See [`CloudError`].
    async fn server(&self, id: ServerId) -> Result<Option<Server>, CloudError>;

    /// The server of that name, `None` when there is none. Names are unique within a project.
    ///
    /// # Errors
    /// See [`CloudError`].
    async fn server_by_name(&self, name: &str) -> Result<Option<Server>, CloudError>;

    /// Every server that the selector selects, each once, by ascending id. A server that exists from the start of the
    /// call to its end is in the list, whatever is created or deleted meanwhile.
    ///
    /// # Errors
    /// [`CloudError::Unsteady`] when the listing did not hold still long enough to be sure.
    async fn servers(&self, selector: &Selector) -> Result<Vec<Server>, CloudError>;

    /// Deletes a server; one that is not there is [`Deletion::AlreadyGone`], not an error.
    ///
    /// # Errors
    /// [`CloudError::Protected`] when the server is protected; [`CloudError::Locked`] when another action held it until
    /// the deadline.
    async fn delete_server(&self, id: ServerId) -> Result<Deletion, CloudError>;

    /// Replaces the **whole** label map of a server: what is not in `labels` is gone afterwards.
    ///
    /// # Errors
    /// [`CloudError::NotFound`] when there is no such server.
    async fn set_labels(&self, id: ServerId, labels: &Labels) -> Result<Server, CloudError>;

    /// Cuts the power of a server. A server that is off costs the same as one that runs.
    ///
    /// # Errors
    /// [`CloudError::NotFound`] when there is no such server.
    async fn power_off(&self, id: ServerId) -> Result<Action, CloudError>;

    /// Starts a server.
    ///
    /// # Errors
    /// [`CloudError::NotFound`] when there is no such server.
    async fn power_on(&self, id: ServerId) -> Result<Action, CloudError>;

    /// Asks a server's operating system to shut down; the action ends when the request was delivered.
    ///
    /// # Errors
    /// [`CloudError::NotFound`] when there is no such server.
    async fn shutdown(&self, id: ServerId) -> Result<Action, CloudError>;

    /// Every image that the filter selects, by ascending id.
    ///
    /// # Errors
    /// See [`CloudError`].
    async fn images(&self, filter: &ImageFilter) -> Result<Vec<Image>, CloudError>;

    /// Makes a snapshot of a server. Snapshots have no unique name, so a request whose outcome is unknown is never
    /// repeated.
    ///
    /// # Errors
    /// [`CloudError::Unsettled`] when it is not known whether a snapshot is being made: look for it by its labels.
    async fn create_image(&self, request: &CreateImage) -> Result<CreatedImage, CloudError>;

    /// Deletes an image of one's own; one that is not there is a success.
    ///
    /// # Errors
    /// [`CloudError::Protected`] when the image is protected.
    async fn delete_image(&self, id: ImageId) -> Result<(), CloudError>;

    /// Every server type with its prices, locations and deprecation.
    ///
    /// # Errors
    /// See [`CloudError`].
    async fn server_types(&self) -> Result<Vec<ServerType>, CloudError>;

    /// Every location.
    ///
    /// # Errors
    /// See [`CloudError`].
    async fn locations(&self) -> Result<Vec<Location>, CloudError>;

    /// The currency of all prices, and the prices of public addresses.
    ///
    /// # Errors
    /// See [`CloudError`].
    async fn pricing(&self) -> Result<Pricing, CloudError>;

    /// Every firewall that the selector selects, by ascending id.
    ///
    /// # Errors
    /// See [`CloudError`].
    async fn firewalls(&self, selector: &Selector) -> Result<Vec<Firewall>, CloudError>;

    /// Creates a firewall with its rules and targets.
    ///
    /// # Errors
    /// [`CloudError::UniquenessConflict`] when the name is taken; [`CloudError::Unsettled`] when it is not known whether
    /// it exists.
    async fn create_firewall(&self, request: &CreateFirewall) -> Result<CreatedFirewall, CloudError>;

    /// Replaces all rules of a firewall.
    ///
    /// # Errors
    /// [`CloudError::NotFound`] when there is no such firewall.
    async fn set_firewall_rules(
        &self,
        id: FirewallId,
        rules: &[FirewallRule],
    ) -> Result<Vec<Action>, CloudError>;

    /// Applies a firewall to servers or to a selector.
    ///
    /// # Errors
    /// [`CloudError::NotFound`] when there is no such firewall.
    async fn apply_firewall(&self, id: FirewallId, to: &[FirewallTarget]) -> Result<Vec<Action>, CloudError>;

    /// Removes a firewall from servers or from a selector.
    ///
    /// # Errors
    /// [`CloudError::NotFound`] when there is no such firewall.
    async fn remove_firewall(
        &self,
        id: FirewallId,
        from: &[FirewallTarget],
    ) -> Result<Vec<Action>, CloudError>;

    /// Deletes a firewall that is applied nowhere; one that is not there is a success.
    ///
    /// # Errors
    /// [`CloudError::ResourceInUse`] when it is still applied.
    async fn delete_firewall(&self, id: FirewallId) -> Result<(), CloudError>;

    /// Every SSH key that the selector selects, by ascending id.
    ///
    /// # Errors
    /// See [`CloudError`].
    async fn ssh_keys(&self, selector: &Selector) -> Result<Vec<SshKey>, CloudError>;

    /// Adds a public SSH key.
    ///
    /// # Errors
    /// [`CloudError::UniquenessConflict`] when the name or the key is there already.
    async fn create_ssh_key(&self, request: &CreateSshKey) -> Result<SshKey, CloudError>;

    /// Removes an SSH key; one that is not there is a success.
    ///
    /// # Errors
    /// See [`CloudError`].
    async fn delete_ssh_key(&self, id: SshKeyId) -> Result<(), CloudError>;

    /// One action.
    ///
    /// # Errors
    /// [`CloudError::NotFound`] when there is no such action. A failed action is an answer here, not an error.
    async fn action(&self, id: ActionId) -> Result<Action, CloudError>;

    /// Waits at most `patience` until all these actions have ended, asking for up to 25 in one request, less often as
    /// time goes on. Answers in the order of `ids`.
    ///
    /// # Errors
    /// [`CloudError::ActionFailed`] for the first that failed, as soon as it is seen; [`CloudError::ActionsPending`]
    /// when some had not ended in time.
    async fn wait_actions(
        &self,
        ids: &[ActionId],
        patience: Duration,
        progress: Option<ActionProgress<'_>>,
    ) -> Result<Vec<Action>, CloudError>;

    /// What the last answer said about the rate limit; `None` before the first answer.
    fn rate_limit(&self) -> Option<RateLimit>;
}
