//! The state of the project, and the short steps that change it.

use std::{collections::VecDeque, time::Instant};

use jiff::{SignedDuration, Timestamp};

use super::{
    action::{Action, ActionCommand, ActionError, Resource, ResourceKind},
    address::Address,
    document::{Document, Table},
    failure::Failure,
    firewall::{Firewall, FirewallTarget},
    image::Image,
    relay::RelayRule,
    server::Server,
    ssh_key::SshKey,
    store::{Store, StoreError},
};
use crate::vm::Relay;

/// How long finished actions can be read.
const ACTION_RETENTION: SignedDuration = SignedDuration::from_hours(12);
/// How many deleted servers are kept for lists that lag behind.
const MAX_DELETED: usize = 100;

/// Everything that the API shows, and the relays that it does not.
#[derive(Debug)]
pub(crate) struct Project {
    pub(super) store: Store,
    pub(super) servers: Table<Server>,
    pub(super) actions: Table<Action>,
    pub(crate) images: Table<Image>,
    pub(crate) ssh_keys: Table<SshKey>,
    pub(crate) firewalls: Table<Firewall>,
    pub(crate) addresses: Table<Address>,
    pub(crate) relays: Table<RelayRule>,
    deleted: VecDeque<(Instant, Server)>,
}

/// A kind of record that the project has a table of.
pub(crate) trait Record: Document {
    /// The store, and the table for this kind.
    fn table(project: &mut Project) -> (&Store, &mut Table<Self>);
}

macro_rules! record {
    ($kind:ty, $table:ident) => {
        impl Record for $kind {
            fn table(project: &mut Project) -> (&Store, &mut Table<Self>) {
                (&project.store, &mut project.$table)
            }
        }
    };
}
record!(Server, servers);
record!(Action, actions);
record!(Image, images);
record!(SshKey, ssh_keys);
record!(Firewall, firewalls);
record!(Address, addresses);
record!(RelayRule, relays);

impl Project {
    pub(crate) fn load(store: Store) -> Result<Self, StoreError> {
        Ok(Self {
            servers: Table::load(&store)?,
            actions: Table::load(&store)?,
            images: Table::load(&store)?,
            ssh_keys: Table::load(&store)?,
            firewalls: Table::load(&store)?,
            addresses: Table::load(&store)?,
            relays: Table::load(&store)?,
            deleted: VecDeque::new(),
            store,
        })
    }

    pub(crate) fn next_id(&self) -> Result<u64, Failure> {
        Ok(self.store.next_id()?)
    }

    /// Servers whose deletion has not begun.
    pub(crate) fn servers(&self) -> impl DoubleEndedIterator<Item = &Server> {
        self.servers.iter().filter(|server| !server.hidden)
    }

    /// A server whose deletion has not begun.
    pub(crate) fn server(&self, id: u64) -> Result<&Server, Failure> {
        self.servers.get(id).filter(|server| !server.hidden).ok_or_else(|| Failure::no_id("server", id))
    }

    /// A server on which another action may begin.
    pub(crate) fn unlocked_server(&self, id: u64) -> Result<&Server, Failure> {
        let server = self.server(id)?;
        if self.is_locked(id) { Err(Failure::Locked) } else { Ok(server) }
    }

    /// Whether an action of the server is under way.
    pub(crate) fn is_locked(&self, server: u64) -> bool {
        self.actions
            .iter()
            .rev()
            .any(|action| action.is_running() && action.concerns(ResourceKind::Server, server))
    }

    /// Adds or replaces a record.
    pub(crate) fn put<T: Record>(&mut self, row: T) -> Result<(), Failure> {
        let (store, table) = T::table(self);
        Ok(table.put(store, row)?)
    }

    /// Removes a record.
    pub(crate) fn remove<T: Record>(&mut self, id: u64) -> Result<Option<T>, Failure> {
        let (store, table) = T::table(self);
        Ok(table.remove(store, id)?)
    }

    /// Forgets a server, its addresses, and that firewalls applied to it.
    pub(crate) fn remove_server(&mut self, id: u64) -> Result<(), Failure> {
        let addresses: Vec<u64> =
            self.addresses.iter().filter(|one| one.server == id).map(|one| one.id).collect();
        for address in addresses {
            self.remove::<Address>(address)?;
        }
        let target = FirewallTarget::Server(id);
        let firewalls: Vec<Firewall> =
            self.firewalls.iter().filter(|one| one.applied_to.contains(&target)).cloned().collect();
        for mut firewall in firewalls {
            firewall.applied_to.retain(|one| *one != target);
            self.put(firewall)?;
        }
        if let Some(server) = self.remove::<Server>(id)? {
            self.deleted.push_back((Instant::now(), server));
            while self.deleted.len() > MAX_DELETED {
                self.deleted.pop_front();
            }
        }
        Ok(())
    }

    /// Servers that were deleted at or after a moment.
    pub(crate) fn deleted_since(&self, since: Instant) -> impl Iterator<Item = &Server> {
        self.deleted.iter().filter(move |(deleted, _)| *deleted >= since).map(|(_, server)| server)
    }

    /// Actions that can still be read, oldest first.
    pub(crate) fn actions(&self) -> impl DoubleEndedIterator<Item = &Action> {
        self.actions.iter()
    }

    pub(crate) fn action(&self, id: u64) -> Result<&Action, Failure> {
        self.actions.get(id).ok_or_else(|| Failure::no_id("action", id))
    }

    pub(crate) fn begin(
        &mut self,
        command: ActionCommand,
        resources: Vec<Resource>,
        now: Timestamp,
    ) -> Result<Action, Failure> {
        let action = Action::begin(self.next_id()?, command, resources, now);
        self.put(action.clone())?;
        Ok(action)
    }

    /// Ends an action that is under way, and forgets those that ended long ago.
    pub(crate) fn end(
        &mut self,
        action: u64,
        outcome: Result<(), ActionError>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        if let Some(action) = self.actions.get(action).filter(|action| action.is_running()).cloned() {
            self.put(action.end(outcome, now))?;
        }
        let is_old = |action: &Action| {
            action.finished.is_some_and(|finished| now.duration_since(finished) > ACTION_RETENTION)
        };
        let old: Vec<u64> =
            self.actions.iter().take_while(|action| is_old(action)).map(|one| one.id).collect();
        for id in old {
            self.remove::<Action>(id)?;
        }
        Ok(())
    }

    /// The relays that a server's labels give it, one per port. The newest rule for a port wins.
    pub(crate) fn relays_of(&self, server: &Server) -> Vec<Relay> {
        let mut relays: Vec<Relay> = Vec::new();
        for rule in self.relays.iter().rev().filter(|rule| rule.selector.matches(&server.labels)) {
            if relays.iter().all(|relay| relay.port != rule.relay.port) {
                relays.push(rule.relay.clone());
            }
        }
        relays.sort();
        relays
    }

    /// Whether a firewall applies to a server, by its id or by its labels.
    pub(crate) fn applies(&self, firewall: &Firewall, server: &Server) -> bool {
        firewall.applied_to.iter().any(|target| match target {
            FirewallTarget::Server(id) => *id == server.id,
            FirewallTarget::LabelSelector(selector) => selector.matches(&server.labels),
        })
    }
}
