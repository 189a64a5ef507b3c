//! From bytes to a tree, within bounds.

use quick_xml::{Reader, escape::resolve_xml_entity, events::Event};

use super::Element;

/// Answers nest less than ten deep.
const DEEPEST: usize = 32;
/// A thousand instances have fewer.
const MOST: usize = 500_000;

/// Reads a document. What is wrong with one is told by its kind, never by its content.
pub(crate) fn read(bytes: &[u8]) -> Result<Element, String> {
    let wrong = |why: &str| Err(why.to_owned());
    let Ok(text) = std::str::from_utf8(bytes) else { return wrong("it is not text") };
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut elements = 0_usize;
    loop {
        let Ok(event) = reader.read_event() else {
            return Err(format!("it is not XML at byte {}", reader.error_position()));
        };
        match event {
            Event::Start(start) => {
                elements += 1;
                if open.len() == DEEPEST || elements > MOST {
                    return wrong("it has too many elements");
                }
                open.push(named(start.local_name().into_inner()));
            }
            Event::Empty(start) => {
                elements += 1;
                let element = named(start.local_name().into_inner());
                match open.last_mut() {
                    Some(parent) if elements <= MOST => parent.children.push(element),
                    Some(_) => return wrong("it has too many elements"),
                    None => return Ok(element),
                }
            }
            Event::End(_) => {
                let Some(mut element) = open.pop() else { return wrong("it ends more than it begins") };
                element.text = element.text.trim().to_owned();
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => return Ok(element),
                }
            }
            Event::Text(text) => add(&mut open, &text.xml10_content()),
            Event::CData(text) => add(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let number = reference.resolve_char_ref().ok().flatten();
                match (number, resolve_xml_entity(&reference)) {
                    (Some(character), _) => add(&mut open, character.encode_utf8(&mut [0; 4])),
                    (None, Some(text)) => add(&mut open, text),
                    (None, None) => return wrong("it refers to an entity that it does not have"),
                }
            }
            // Entities are defined there, which is how a small document becomes a large one.
            Event::DocType(_) => return wrong("it has a document type"),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => return wrong("it is cut short"),
        }
    }
}

fn named(name: &str) -> Element {
    Element { name: name.to_owned(), ..Element::default() }
}

/// Text outside of everything says nothing.
fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lists_texts_and_references_are_read() {
        let text = r#"<?xml version="1.0"?><a:R xmlns:a="urn:x"><n> one &amp; two &#x41;<![CDATA[<3]]> </n>
            <set><item><id>1</id></item><item><id>2</id></item></set><none/></a:R>"#;
        let root = read(text.as_bytes()).unwrap();
        assert_eq!((root.name.as_str(), root.text("n")), ("R", Some("one & two A<3")));
        let ids: Vec<_> = root.items("set").filter_map(|item| item.text("id")).collect();
        assert_eq!(ids, ["1", "2"]);
        assert_eq!((root.text("none"), root.text("absent")), (None, None));
        assert_eq!(root.find("id").map(|id| id.text.as_str()), Some("1"));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        let deep = "<a>".repeat(40);
        let cases: [(&str, &[u8]); 9] = [
            ("nothing", b""),
            ("a page of a proxy that is cut off", b"<html><body>"),
            ("no XML", b"{}"),
            ("other ends", b"<a></b>"),
            ("a document type", b"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"),
            ("an unknown entity", b"<a>&x;</a>"),
            ("no text", b"<a>\xff</a>"),
            ("too deep", deep.as_bytes()),
            ("an end alone", b"</a>"),
        ];
        for (name, bytes) in cases {
            assert!(read(bytes).is_err(), "{name}");
        }
    }

    fn tree() -> impl Strategy<Value = Element> {
        let leaf = ("[a-zA-Z][a-zA-Z0-9]{0,8}", "[ -~é]{0,12}").prop_map(|(name, text)| Element {
            name,
            text: text.trim().to_owned(),
            children: Vec::new(),
        });
        leaf.prop_recursive(5, 64, 6, |inner| {
            ("[a-zA-Z][a-zA-Z0-9]{0,8}", prop::collection::vec(inner, 0..6))
                .prop_map(|(name, children)| Element { name, text: String::new(), children })
        })
    }

    fn written(element: &Element) -> String {
        let text = element.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let inner: String = element.children.iter().map(written).collect();
        format!("<{0}>{text}{inner}</{0}>", element.name)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(tree in tree()) {
            prop_assert_eq!(read(written(&tree).as_bytes()), Ok(tree));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes);
        }

        #[test]
        fn any_marks_are_read_or_refused(text in "[<>/a&;#x! \\[\\]\"=?-]{0,80}") {
            let _ = read(text.as_bytes());
        }
    }
}
