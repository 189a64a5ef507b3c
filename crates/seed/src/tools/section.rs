//! The place of the list in a document.

use super::{ToolList, lines};

const HEADING: &str = "## Tools";
const BEGIN: &str = "<!-- tools of this host: begin -->";
const END: &str = "<!-- tools of this host: end -->";

/// The document with the list under its heading `## Tools`, which is added at the end where it is missing. A list that
/// stands there already is replaced, so doing it twice is doing it once.
#[must_use]
pub fn with_tools(document: &str, list: &ToolList) -> String {
    let block = format!("{BEGIN}\n\n{}\n{END}\n", lines(list));
    let mut bare = without_block(document);
    let place = match look(&bare) {
        Place::Behind(place) => Some(place),
        Place::Nowhere => None,
        // Code that nobody ended would swallow the list.
        Place::InCode(fence) => {
            let line = if bare.ends_with('\n') { "" } else { "\n" };
            bare.push_str(&format!("{line}{}\n", fence.to_string().repeat(3)));
            None
        }
    };
    let Some(place) = place else {
        let gap = if bare.is_empty() || bare.ends_with("\n\n") {
            ""
        } else if bare.ends_with('\n') {
            "\n"
        } else {
            "\n\n"
        };
        return format!("{bare}{gap}{HEADING}\n\n{block}");
    };
    let (before, after) = bare.split_at(place);
    let before = before.trim_end_matches('\n');
    let after = after.trim_start_matches('\n');
    let gap = if after.is_empty() { "" } else { "\n" };
    format!("{before}\n\n{block}{gap}{after}")
}

/// The document without the list. A list whose end is missing ends where the next heading begins.
fn without_block(document: &str) -> String {
    let mut kept = String::with_capacity(document.len());
    let mut is_inside = false;
    for line in document.split_inclusive('\n') {
        let text = line.trim();
        if text == BEGIN {
            is_inside = true;
        } else if is_inside && text == END {
            is_inside = false;
        } else if !is_inside || text.starts_with("# ") || text.starts_with("## ") {
            is_inside = false;
            kept.push_str(line);
        }
    }
    kept
}

/// Where a list belongs.
enum Place {
    /// Behind the heading, which ends here.
    Behind(usize),
    /// There is no heading.
    Nowhere,
    /// There is none, and the document ends in a block of code that began with this character.
    InCode(char),
}

/// Looks for the heading; headings in blocks of code are none.
fn look(document: &str) -> Place {
    let (mut place, mut code) = (0, None);
    for line in document.split_inclusive('\n') {
        place += line.len();
        let text = line.trim_start();
        let fence = ['`', '~'].into_iter().find(|fence| text.starts_with(&fence.to_string().repeat(3)));
        match (code, fence) {
            (None, Some(_)) => code = fence,
            (Some(begun), Some(fence)) if begun == fence => code = None,
            (None, None) if line.trim_end() == HEADING => return Place::Behind(place),
            (None | Some(_), None | Some(_)) => {}
        }
    }
    code.map_or(Place::Nowhere, Place::InCode)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(text: &str) -> ToolList {
        ToolList::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_list_stands_under_its_heading_and_what_follows_stays() {
        let tools = list("rg\tripgrep\tSearch");
        let with = with_tools("# How\n\n## Tools\n\n## After\ntext\n", &tools);
        let expected =
            format!("# How\n\n## Tools\n\n{BEGIN}\n\n- `rg` (ripgrep): Search\n\n{END}\n\n## After\ntext\n");
        assert_eq!(with, expected);
        let appended = with_tools("# How", &tools);
        assert!(appended.starts_with("# How\n\n## Tools\n\n<!--"), "{appended}");
    }

    #[test]
    fn another_list_takes_the_place_of_the_first() {
        let once = with_tools("## Tools\n", &list("rg\tripgrep\tSearch"));
        let twice = with_tools(&once, &list("gh\tgh\tGitHub"));
        assert_eq!(twice.matches(HEADING).count(), 1);
        assert!(twice.contains("`gh`") && !twice.contains("`rg`"), "{twice}");
    }

    #[test]
    fn a_heading_in_code_is_none() {
        let with = with_tools("```\n## Tools\n```\n", &list("rg\tripgrep\tSearch"));
        assert_eq!(with.matches(HEADING).count(), 2, "{with}");
    }

    proptest! {
        #[test]
        fn twice_is_once_and_nothing_else_changes(
            parts in proptest::collection::vec(prop_oneof!["[a-z#` ]{0,8}", Just(HEADING.to_owned()), Just("```".to_owned())], 0..8)
        ) {
            let document = parts.join("\n");
            let tools = list("rg\tripgrep\tSearch");
            let once = with_tools(&document, &tools);
            prop_assert_eq!(&with_tools(&once, &tools), &once);
            for line in document.lines().filter(|line| !line.is_empty()) {
                prop_assert!(once.lines().any(|kept| kept == line), "{line:?}");
            }
        }
    }
}
