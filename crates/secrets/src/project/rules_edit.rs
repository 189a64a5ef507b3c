//! Changing the rules, without touching what others wrote into the file.

use clawlets_model::{HostName, OperatorId, Secret};

use super::{
    reader::{Reader, ReaderName},
    rules::{Rules, RulesError, path_of},
};
use crate::{
    AgeRecipient,
    sops::{Comment, Element, Item, List, Mapping, Node, Placement, Scalar},
};

const HEADER: [&str; 2] = [
    " Who each file of secrets is encrypted to; the first rule that fits counts.",
    " 'clawlets secrets rotate' changes this file and encrypts every file anew.",
];

/// The rule of a host's secrets.
fn secrets_path(host: &HostName) -> String {
    format!("(^|/)hosts/{host}/[^/]+\\.yaml$")
}

/// The rule of a host's own keys.
fn keys_path(host: &HostName) -> String {
    format!("(^|/)keys/hosts/{host}\\.(agekey|sshkey)\\.yaml$")
}

impl Rules {
    /// Sets the rules of a host: its secrets are for the operators and itself, its keys for the operators only.
    pub fn set_host(
        &mut self,
        host: &HostName,
        operators: &[(OperatorId, AgeRecipient)],
        recipient: &AgeRecipient,
    ) {
        let operators: Vec<Reader> = operators
            .iter()
            .map(|(name, recipient)| Reader {
                name: ReaderName::Operator(name.clone()),
                recipient: recipient.clone(),
            })
            .collect();
        let itself = Reader { name: ReaderName::Host(host.clone()), recipient: recipient.clone() };
        let all: Vec<Reader> = operators.iter().cloned().chain([itself]).collect();
        self.set_rule(&secrets_path(host), &all);
        self.set_rule(&keys_path(host), &operators);
    }

    /// Replaces the key of a host, leaving the other readers of its secrets as they are.
    ///
    /// # Errors
    /// [`RulesError`] when the rules are not valid.
    pub fn set_host_key(&mut self, host: &HostName, recipient: &AgeRecipient) -> Result<(), RulesError> {
        let operators = self.operators()?;
        if self.host(host)?.as_ref() != Some(recipient) {
            self.set_host(host, &operators, recipient);
        }
        Ok(())
    }

    /// Adds an operator to every rule that has operators.
    ///
    /// # Errors
    /// [`RulesError::Taken`] when the name has another key.
    pub fn add_operator(&mut self, name: &OperatorId, recipient: &AgeRecipient) -> Result<(), RulesError> {
        let reader = ReaderName::Operator(name.clone());
        if self.operators()?.iter().any(|(known, key)| known == name && key != recipient) {
            return Err(RulesError::Taken(reader));
        }
        self.each_list(|list| {
            let place = position_after_operators(list);
            if place > 0 && !holds(list, recipient) {
                let lines = lines_of(&Reader { name: reader.clone(), recipient: recipient.clone() });
                list.elements.splice(place..place, lines);
            }
        });
        Ok(())
    }

    /// Takes an operator out of every rule.
    ///
    /// # Errors
    /// [`RulesError::UnknownOperator`]; [`RulesError::LastOperator`] when nobody else could read the secrets.
    pub fn remove_operator(&mut self, name: &OperatorId) -> Result<(), RulesError> {
        let operators = self.operators()?;
        if !operators.iter().any(|(known, _)| known == name) {
            return Err(RulesError::UnknownOperator(name.clone()));
        }
        if operators.iter().all(|(known, _)| known == name) {
            return Err(RulesError::LastOperator(name.clone()));
        }
        let gone: Vec<&AgeRecipient> =
            operators.iter().filter(|(known, _)| known == name).map(|(_, key)| key).collect();
        self.each_list(|list| {
            let mut kept = Vec::with_capacity(list.elements.len());
            let mut comment = None;
            for element in list.elements.drain(..) {
                match element {
                    Element::Comment(_) => kept.extend(comment.replace(element)),
                    Element::Node(Node::Scalar(ref scalar))
                        if gone.iter().any(|key| key.as_str() == scalar.text.expose().as_str()) =>
                    {
                        comment = None;
                    }
                    Element::Node(_) => {
                        kept.extend(comment.take());
                        kept.push(element);
                    }
                }
            }
            kept.extend(comment);
            list.elements = kept;
        });
        Ok(())
    }

    fn set_rule(&mut self, path: &str, readers: &[Reader]) {
        let keys = List { elements: readers.iter().flat_map(lines_of).collect() };
        let rules = self.rules_mut();
        let ours = rules.elements.iter_mut().find_map(|element| match element {
            Element::Node(Node::Mapping(rule)) if path_of(rule) == path => Some(rule),
            Element::Node(_) | Element::Comment(_) => None,
        });
        if let Some(rule) = ours {
            rule.set("age", Node::List(keys));
            return;
        }
        let mut rule = Mapping::default();
        rule.set("path_regex", Node::Scalar(Scalar::text(path)));
        rule.set("age", Node::List(keys));
        // Before rules of somebody else, which may fit every file; behind our own.
        let is_ours = |element: &Element| match element {
            Element::Node(Node::Mapping(rule)) => path_of(rule).starts_with("(^|/)"),
            Element::Node(_) => false,
            Element::Comment(_) => true,
        };
        let place = rules.elements.iter().position(|element| !is_ours(element));
        let place = place.unwrap_or(rules.elements.len());
        rules.elements.insert(place, Element::Node(Node::Mapping(rule)));
    }

    fn rules_mut(&mut self) -> &mut List {
        if !matches!(self.tree.root.get("creation_rules"), Some(Node::List(_))) {
            if self.tree.root.items.is_empty() {
                let comment =
                    |text: &&str| Comment { text: Secret::from(*text), placement: Placement::OwnLine };
                self.tree.root.items.extend(HEADER.iter().map(comment).map(Item::Comment));
            }
            self.tree.root.set("creation_rules", Node::List(List::default()));
        }
        let list = self.tree.root.items.iter_mut().find_map(|item| match item {
            Item::Entry(entry) if entry.key == "creation_rules" => match &mut entry.value {
                Node::List(list) => Some(list),
                Node::Null | Node::Scalar(_) | Node::Mapping(_) => None,
            },
            Item::Entry(_) | Item::Comment(_) => None,
        });
        list.expect("it was made above when it was missing")
    }

    /// Every list of keys of every rule.
    fn each_list(&mut self, mut change: impl FnMut(&mut List)) {
        for element in &mut self.rules_mut().elements {
            let Element::Node(Node::Mapping(rule)) = element else { continue };
            for item in &mut rule.items {
                if let Item::Entry(entry) = item
                    && entry.key == "age"
                    && let Node::List(list) = &mut entry.value
                {
                    change(list);
                }
            }
        }
    }
}

fn lines_of(reader: &Reader) -> Vec<Element> {
    let key = Element::Node(Node::Scalar(Scalar::text(reader.recipient.as_str())));
    let name = match &reader.name {
        ReaderName::Unnamed => return vec![key],
        ReaderName::Operator(_) | ReaderName::Host(_) => format!(" {}", reader.name),
    };
    vec![Element::Comment(Comment { text: Secret::new(name), placement: Placement::Behind }), key]
}

fn holds(list: &List, recipient: &AgeRecipient) -> bool {
    list.elements.iter().any(|element| match element {
        Element::Node(Node::Scalar(scalar)) => scalar.text.expose() == recipient.as_str(),
        Element::Node(_) | Element::Comment(_) => false,
    })
}

/// The place behind the last operator of a list; 0 when it has none.
fn position_after_operators(list: &List) -> usize {
    let is_operator = |element: &Element| match element {
        Element::Comment(comment) => {
            matches!(ReaderName::of_comment(comment.text.expose()), ReaderName::Operator(_))
        }
        Element::Node(_) => false,
    };
    // The name stands before its key.
    list.elements.iter().rposition(is_operator).map_or(0, |at| (at + 2).min(list.elements.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AgeIdentity;

    fn key() -> AgeRecipient {
        AgeIdentity::generate().recipient().clone()
    }

    fn operator(name: &str) -> OperatorId {
        OperatorId::parse(name).unwrap()
    }

    fn host(name: &str) -> HostName {
        HostName::parse(name).unwrap()
    }

    #[test]
    fn a_host_reads_its_own_secrets_and_only_operators_read_its_key() {
        let (ada, web, db) = (key(), key(), key());
        let mut rules = Rules::default();
        rules.set_host(&host("web-1"), &[(operator("ada"), ada.clone())], &web);
        rules.set_host(&host("db"), &[(operator("ada"), ada.clone())], &db);
        let read = |path: &str| rules.recipients(path).ok();
        assert_eq!(read("hosts/web-1/hcloud_token.yaml"), Some(vec![ada.clone(), web]));
        assert_eq!(read("hosts/db/hcloud_token.yaml"), Some(vec![ada.clone(), db]));
        assert_eq!(read("keys/hosts/web-1.agekey.yaml"), Some(vec![ada.clone()]));
        assert_eq!(read("keys/hosts/web-1.sshkey.yaml"), Some(vec![ada]));
        for path in ["hosts/web-1/deeper/x.yaml", "hosts/web-10/x.yaml", "hosts/web-1/x.json", "other.yaml"] {
            assert_eq!(read(path), None, "{path}");
        }
    }

    #[test]
    fn rules_render_the_same_text_and_are_read_again() {
        let mut rules = Rules::default();
        let (ada, web) = (key(), key());
        rules.set_host(&host("web-1"), &[(operator("ada"), ada.clone())], &web);
        let text = rules.render();
        let again = Rules::parse(&text).unwrap();
        assert_eq!(again.render(), text);
        assert_eq!(again.operators().unwrap(), [(operator("ada"), ada)]);
        assert_eq!(again.host(&host("web-1")).unwrap(), Some(web));
    }

    #[test]
    fn operators_come_and_go_and_the_last_one_stays() {
        let (ada, bea, web) = (key(), key(), key());
        let mut rules = Rules::default();
        rules.set_host(&host("web-1"), &[(operator("ada"), ada.clone())], &web);
        let before = rules.render();
        rules.add_operator(&operator("bea"), &bea).unwrap();
        rules.add_operator(&operator("bea"), &bea).unwrap();
        assert_eq!(rules.recipients("hosts/web-1/x.yaml").unwrap(), [ada, bea.clone(), web]);
        assert_eq!(rules.recipients("keys/hosts/web-1.agekey.yaml").unwrap().len(), 2);
        assert!(matches!(rules.add_operator(&operator("bea"), &key()), Err(RulesError::Taken(_))));
        rules.remove_operator(&operator("bea")).unwrap();
        assert_eq!(rules.render(), before);
        assert!(matches!(rules.remove_operator(&operator("bea")), Err(RulesError::UnknownOperator(_))));
        assert!(matches!(rules.remove_operator(&operator("ada")), Err(RulesError::LastOperator(_))));
    }

    #[test]
    fn what_others_wrote_is_kept_and_comes_after_our_rules() {
        let other = key();
        let text = format!(
            "# mine\ncreation_rules:\n    # everything else\n    - age: {other}\n      unencrypted_suffix: _open\nstores:\n    yaml:\n        indent: 2\n"
        );
        let mut rules = Rules::parse(&text).unwrap();
        rules.set_host(&host("web-1"), &[(operator("ada"), key())], &key());
        let rendered = rules.render();
        for kept in ["# mine", "# everything else", "_open", "indent: 2"] {
            assert!(rendered.contains(kept), "{kept}: {rendered}");
        }
        assert_eq!(rules.recipients("hosts/web-1/x.yaml").unwrap().len(), 2);
        assert_eq!(rules.recipients("elsewhere.yaml").unwrap(), [other]);
    }

    #[test]
    fn rules_that_cannot_be_followed_are_refused() {
        for text in [
            "creation_rules: x",
            "creation_rules:\n    - path_regex: (\n",
            "creation_rules:\n    - age: nonsense\n",
            "creation_rules:\n    - key_groups: []\n",
            "creation_rules:\n    - x\n",
        ] {
            assert!(Rules::parse(text).is_err(), "{text}");
        }
    }
}
