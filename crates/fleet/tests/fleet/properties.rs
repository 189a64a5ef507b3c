//! What holds for every text.

use clawlets_fleet::{Fleet, InvalidFleet, Loaded, migrate};
use proptest::prelude::*;

use crate::{
    arbitrary::{any_json, earlier_document},
    bench::problems,
};

/// Every problem has a place within the text.
fn stands_in(text: &str, outcome: Result<Loaded, InvalidFleet>) -> Result<(), TestCaseError> {
    let lines: Vec<_> = text.split('\n').collect();
    for problem in problems(outcome) {
        let line = lines.get(problem.line as usize - 1);
        prop_assert!(line.is_some(), "line {} of {}: {problem}", problem.line, lines.len());
        let columns = line.map_or(0, |line| line.chars().count()) + 1;
        prop_assert!(
            (1..=columns).contains(&(problem.column as usize)),
            "column {}: {problem}",
            problem.column
        );
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Fleet::read_bytes(&bytes).is_err());
        prop_assert!(Fleet::read_fragment_bytes(&bytes).is_err());
    }

    #[test]
    fn any_text_is_read_or_refused_at_a_place_in_it(text in "[{}\\[\\],:\"a-c0-9 \\n\\\\\u{fc}]{0,80}") {
        stands_in(&text, Fleet::read(&text))?;
        let _ = migrate(&text);
    }

    #[test]
    fn any_json_is_read_or_refused_at_a_place_in_it(document in any_json(), version in 7..15_u32, pretty in any::<bool>()) {
        let mut document = document;
        if let Some(object) = document.as_object_mut() {
            object.insert("schemaVersion".to_owned(), version.into());
        }
        let text = if pretty { serde_json::to_string_pretty(&document).unwrap() } else { document.to_string() };
        stands_in(&text, Fleet::read(&text))?;
        stands_in(&text, Fleet::read_fragment(&text))?;
        if let Ok(once) = migrate(&text) {
            let twice = migrate(&once.text).unwrap();
            prop_assert_eq!(&twice.text, &once.text);
            prop_assert!(twice.steps.is_empty(), "{:?}", twice.steps);
            prop_assert_eq!(Fleet::read(&text).is_ok(), Fleet::read(&once.text).is_ok());
        }
    }

    #[test]
    fn an_earlier_document_means_the_same_when_it_is_migrated(document in earlier_document()) {
        let text = serde_json::to_string_pretty(&document).unwrap();
        let old = Fleet::read(&text).map_err(|invalid| TestCaseError::fail(format!("{invalid}: {text}")))?;
        let migrated = migrate(&text).unwrap();
        let new = Fleet::read(&migrated.text).map_err(|invalid| TestCaseError::fail(format!("{invalid}: {}", migrated.text)))?;
        prop_assert_eq!(old.fleet, new.fleet);
        prop_assert_eq!(migrate(&migrated.text).unwrap().text, migrated.text);
    }

    #[test]
    fn the_effective_declaration_means_the_same(document in earlier_document()) {
        let fleet = Fleet::read(&document.to_string()).unwrap().fleet;
        let again = Fleet::read(&fleet.effective().to_string()).unwrap().fleet;
        prop_assert_eq!(again, fleet);
    }
}
