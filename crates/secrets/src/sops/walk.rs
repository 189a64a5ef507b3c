//! Encrypting and decrypting every value of a tree, with the checksum over them.

use clawlets_model::Secret;

use super::{
    cipher::{DataKey, Encrypted},
    error::SopsError,
    mac::Mac,
    plain::{canonical, kind_named, type_name, written},
    policy::Policy,
    tree::{Comment, Element, Entry, Item, List, Mapping, Node, Scalar, ScalarKind},
};

/// A walk through a tree, with the keys on the way to where it is.
pub(super) struct Walk<'a> {
    key: &'a DataKey,
    policy: &'a Policy,
    mac: Mac,
    path: Vec<String>,
    /// Where an encrypted comment may have been bound to: programs attach a comment between two mappings to either.
    places: Vec<String>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(key: &'a DataKey, policy: &'a Policy) -> Self {
        Self { key, policy, mac: Mac::new(policy.mac_scope), path: Vec::new(), places: Vec::new() }
    }

    /// The encrypted tree and the checksum of its values.
    pub(super) fn encrypt(mut self, root: &Mapping) -> Result<(Mapping, String), SopsError> {
        let root = self.mapping(root, &mut Self::seal_scalar, &mut Self::seal_comment)?;
        Ok((root, self.mac.finish()))
    }

    /// The readable tree and the checksum of its values.
    pub(super) fn decrypt(mut self, root: &Mapping) -> Result<(Mapping, String), SopsError> {
        let mut path = Vec::new();
        places(root, &mut path, &mut self.places);
        let root = self.mapping(root, &mut Self::open_scalar, &mut Self::open_comment)?;
        Ok((root, self.mac.finish()))
    }

    fn mapping(
        &mut self,
        mapping: &Mapping,
        scalar: &mut dyn FnMut(&mut Self, &Scalar) -> Result<Scalar, SopsError>,
        comment: &mut dyn FnMut(&mut Self, &Comment) -> Result<Comment, SopsError>,
    ) -> Result<Mapping, SopsError> {
        let mut items = Vec::with_capacity(mapping.items.len());
        for item in &mapping.items {
            items.push(match item {
                Item::Comment(one) => Item::Comment(comment(self, one)?),
                Item::Entry(entry) => {
                    self.path.push(entry.key.clone());
                    let value = self.node(&entry.value, scalar, comment)?;
                    self.path.pop();
                    Item::Entry(Entry { key: entry.key.clone(), value })
                }
            });
        }
        Ok(Mapping { items })
    }

    fn node(
        &mut self,
        node: &Node,
        scalar: &mut dyn FnMut(&mut Self, &Scalar) -> Result<Scalar, SopsError>,
        comment: &mut dyn FnMut(&mut Self, &Comment) -> Result<Comment, SopsError>,
    ) -> Result<Node, SopsError> {
        Ok(match node {
            Node::Null => Node::Null,
            Node::Scalar(value) => Node::Scalar(scalar(self, value)?),
            Node::Mapping(inner) => Node::Mapping(self.mapping(inner, scalar, comment)?),
            Node::List(list) => {
                let mut elements = Vec::with_capacity(list.elements.len());
                for element in &list.elements {
                    elements.push(match element {
                        Element::Comment(one) => Element::Comment(comment(self, one)?),
                        Element::Node(node) => Element::Node(self.node(node, scalar, comment)?),
                    });
                }
                Node::List(List { elements })
            }
        })
    }

    fn encrypts_here(&self) -> bool {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        self.policy.encrypts(&path)
    }

    /// What a value here is bound to: every key on the way, each followed by a colon.
    fn bound_to(&self) -> String {
        format!("{}:", self.path.join(":"))
    }

    fn shown(&self) -> String {
        self.path.join(".")
    }

    fn seal_scalar(&mut self, scalar: &Scalar) -> Result<Scalar, SopsError> {
        let Some(text) = canonical(scalar.kind, scalar.text.expose()).map(Secret::new) else {
            return Err(SopsError::Unwritable { path: self.shown(), reason: "it is no number or date" });
        };
        if !self.encrypts_here() {
            self.mac.readable(text.expose());
            return Ok(scalar.clone());
        }
        if !super::plain::is_kept(scalar.kind, scalar.text.expose()) {
            return Err(SopsError::Unwritable {
                path: self.shown(),
                reason: "SOPS would write this number in another way; put it in quotes",
            });
        }
        self.mac.encrypted(text.expose());
        let sealed = self.key.encrypt(text.expose(), &self.bound_to(), type_name(scalar.kind))?;
        Ok(Scalar::text(sealed))
    }

    fn seal_comment(&mut self, comment: &Comment) -> Result<Comment, SopsError> {
        if !self.encrypts_here() {
            return Ok(comment.clone());
        }
        let sealed = self.key.encrypt(comment.text.expose(), &self.bound_to(), "comment")?;
        Ok(Comment { text: Secret::new(sealed), placement: comment.placement })
    }

    fn open_scalar(&mut self, scalar: &Scalar) -> Result<Scalar, SopsError> {
        let text = scalar.text.expose();
        if !self.encrypts_here() {
            let counted = canonical(scalar.kind, text).map(Secret::new);
            self.mac.readable(counted.as_ref().map_or("", |text| text.expose().as_str()));
            return Ok(scalar.clone());
        }
        if scalar.kind == ScalarKind::Text && text.is_empty() {
            return Ok(scalar.clone());
        }
        if scalar.kind != ScalarKind::Text || !Encrypted::is_one(text) {
            return Err(SopsError::Plain { path: self.shown() });
        }
        let fault = |reason| SopsError::Value { path: self.shown(), reason };
        let sealed = Encrypted::parse(text).map_err(fault)?;
        let kind = kind_named(sealed.kind)
            .ok_or_else(|| fault("its type is none of str, int, float, bool and time"))?;
        let opened = sealed.decrypt(self.key, &self.bound_to()).map_err(fault)?;
        let (Some(text), Some(counted)) =
            (written(kind, opened.expose()), canonical(kind, opened.expose()).map(Secret::new))
        else {
            return Err(fault("it is not of the type that it is marked as"));
        };
        self.mac.encrypted(counted.expose());
        Ok(Scalar { kind, text: Secret::new(text) })
    }

    /// A comment that is not encrypted was added by hand, and stays as it is.
    fn open_comment(&mut self, comment: &Comment) -> Result<Comment, SopsError> {
        let text = comment.text.expose().trim_end();
        if !self.encrypts_here() || !Encrypted::is_one(text) {
            return Ok(comment.clone());
        }
        let here = self.bound_to();
        let opened = Encrypted::parse(text).ok().and_then(|sealed| {
            let places = std::iter::once(&here).chain(&self.places);
            places.into_iter().find_map(|place| sealed.decrypt(self.key, place).ok())
        });
        match opened {
            Some(text) => Ok(Comment { text, placement: comment.placement }),
            None => Err(SopsError::Comment { path: self.shown() }),
        }
    }
}

/// What values directly in each mapping are bound to.
fn places(mapping: &Mapping, path: &mut Vec<String>, found: &mut Vec<String>) {
    found.push(format!("{}:", path.join(":")));
    for entry in mapping.entries() {
        path.push(entry.key.clone());
        places_of_node(&entry.value, path, found);
        path.pop();
    }
}

fn places_of_node(node: &Node, path: &mut Vec<String>, found: &mut Vec<String>) {
    match node {
        Node::Null => {}
        Node::Scalar(_) => found.push(format!("{}:", path.join(":"))),
        Node::Mapping(mapping) => places(mapping, path, found),
        Node::List(list) => {
            for element in &list.elements {
                if let Element::Node(node) = element {
                    places_of_node(node, path, found);
                }
            }
        }
    }
}

/// Checks that every value that a policy encrypts has the form of an encrypted one.
pub(super) fn check_sealed(root: &Mapping, policy: &Policy) -> Result<(), SopsError> {
    for entry in root.entries() {
        check_node(&entry.value, policy, &mut vec![&entry.key])?;
    }
    Ok(())
}

fn check_node<'a>(node: &'a Node, policy: &Policy, path: &mut Vec<&'a str>) -> Result<(), SopsError> {
    match node {
        Node::Null => {}
        Node::Scalar(scalar) => {
            let text = scalar.text.expose();
            let is_sealed =
                scalar.kind == ScalarKind::Text && (text.is_empty() || Encrypted::parse(text).is_ok());
            if policy.encrypts(path) && !is_sealed {
                return Err(SopsError::Plain { path: path.join(".") });
            }
        }
        Node::Mapping(mapping) => {
            for entry in mapping.entries() {
                path.push(&entry.key);
                check_node(&entry.value, policy, path)?;
                path.pop();
            }
        }
        Node::List(list) => {
            for element in &list.elements {
                if let Element::Node(node) = element {
                    check_node(node, policy, path)?;
                }
            }
        }
    }
    Ok(())
}
