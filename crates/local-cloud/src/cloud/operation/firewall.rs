//! Changes of firewalls. They are actions, but done at once.

use clawlets_model::label::Labels;

use crate::cloud::{
    Action, ActionCommand, Cloud, Failure, Firewall, FirewallRule, FirewallTarget, Project, Resource,
    ResourceKind,
};

/// A change of what a firewall does.
#[derive(Clone, Debug)]
pub(crate) enum FirewallChange {
    /// Apply it to more.
    Apply(Vec<FirewallTarget>),
    /// Take it away from some.
    Remove(Vec<FirewallTarget>),
    /// Replace all its rules.
    SetRules(Vec<FirewallRule>),
}

impl Cloud {
    /// Makes a firewall.
    pub(crate) fn create_firewall(
        &self,
        name: String,
        labels: Labels,
        rules: Vec<FirewallRule>,
        targets: Vec<FirewallTarget>,
    ) -> Result<(Firewall, Vec<Action>), Failure> {
        let mut project = self.project();
        if project.firewalls.iter().any(|firewall| firewall.name == name) {
            return Err(Failure::NotUnique { field: "name" });
        }
        let id = project.next_id()?;
        let firewall = Firewall {
            id,
            name,
            labels,
            rules: Vec::new(),
            applied_to: Vec::new(),
            created: self.clock.now(),
        };
        project.put(firewall)?;
        let mut actions = self.change_in(&mut project, id, FirewallChange::SetRules(rules))?;
        actions.extend(self.change_in(&mut project, id, FirewallChange::Apply(targets))?);
        let firewall = project.firewalls.get(id).cloned().ok_or_else(|| Failure::no_id("firewall", id))?;
        Ok((firewall, actions))
    }

    /// Changes what a firewall does.
    pub(crate) fn change_firewall(&self, id: u64, change: FirewallChange) -> Result<Vec<Action>, Failure> {
        self.change_in(&mut self.project(), id, change)
    }

    /// Renames a firewall and replaces all its labels.
    pub(crate) fn update_firewall(
        &self,
        id: u64,
        name: Option<String>,
        labels: Option<Labels>,
    ) -> Result<Firewall, Failure> {
        let mut project = self.project();
        let firewall = project.firewalls.get(id).cloned().ok_or_else(|| Failure::no_id("firewall", id))?;
        let name = name.unwrap_or_else(|| firewall.name.clone());
        if project.firewalls.iter().any(|other| other.id != id && other.name == name) {
            return Err(Failure::NotUnique { field: "name" });
        }
        let labels = labels.unwrap_or_else(|| firewall.labels.clone());
        let firewall = Firewall { name, labels, ..firewall };
        project.put(firewall.clone())?;
        Ok(firewall)
    }

    /// Removes a firewall that is applied to nothing.
    pub(crate) fn delete_firewall(&self, id: u64) -> Result<(), Failure> {
        let mut project = self.project();
        let firewall = project.firewalls.get(id).ok_or_else(|| Failure::no_id("firewall", id))?;
        if !firewall.applied_to.is_empty() {
            return Err(Failure::InUse { what: "firewall" });
        }
        project.remove::<Firewall>(id)?;
        Ok(())
    }

    fn change_in(
        &self,
        project: &mut Project,
        id: u64,
        change: FirewallChange,
    ) -> Result<Vec<Action>, Failure> {
        let mut firewall =
            project.firewalls.get(id).cloned().ok_or_else(|| Failure::no_id("firewall", id))?;
        let (command, targets) = match &change {
            FirewallChange::Apply(targets) => (ActionCommand::ApplyFirewall, targets.clone()),
            FirewallChange::Remove(targets) => (ActionCommand::RemoveFirewall, targets.clone()),
            FirewallChange::SetRules(_) => (ActionCommand::SetFirewallRules, Vec::new()),
        };
        for target in &targets {
            if let FirewallTarget::Server(server) = target {
                project.server(*server)?;
            }
        }
        match change {
            FirewallChange::Apply(targets) => {
                for target in targets {
                    if firewall.applied_to.contains(&target) {
                        return Err(Failure::Conflict { message: "firewall is already applied".to_owned() });
                    }
                    firewall.applied_to.push(target);
                }
            }
            FirewallChange::Remove(targets) => firewall.applied_to.retain(|target| !targets.contains(target)),
            FirewallChange::SetRules(rules) => firewall.rules = rules,
        }
        project.put(firewall)?;
        let of_firewall = Resource { id, kind: ResourceKind::Firewall };
        if command == ActionCommand::SetFirewallRules {
            return Ok(vec![self.done(project, command, vec![of_firewall])?]);
        }
        let servers = targets.iter().filter_map(|target| match target {
            FirewallTarget::Server(id) => Some(Resource { id: *id, kind: ResourceKind::Server }),
            FirewallTarget::LabelSelector(_) => None,
        });
        servers.map(|server| self.done(project, command, vec![server, of_firewall])).collect()
    }
}
