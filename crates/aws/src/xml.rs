//! Answers in XML, as a tree.

mod read;

pub(crate) use read::read;

/// One element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Element {
    /// Its name, without a namespace's prefix.
    pub(crate) name: String,
    /// The text directly in it, without white space at its ends.
    pub(crate) text: String,
    /// The elements in it, in their order.
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of that name; `None` when there is none, or it is empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str()).filter(|text| !text.is_empty())
    }

    /// The items of the list of that name: `<name><item>…</item><item>…</item></name>`.
    pub(crate) fn items(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.child(name).into_iter().flat_map(|list| list.children.iter().filter(|item| item.name == "item"))
    }

    /// The children of that name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element of that name at any depth, this one included.
    pub(crate) fn find(&self, name: &str) -> Option<&Self> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }
}
