//! Daily notes.

use super::desk::{Desk, refused};

const DAY: &str = "2026-11-21";

#[test]
fn the_notes_of_all_instances_become_one_page_and_again_only_when_they_changed() {
    let desk = Desk::new();
    refused!(desk.clf(&["daily", DAY]), 3, "missing");
    desk.put("daily/2026-11-21_web-2.md", "- two");
    desk.put("daily/2026-11-21_web-1.md", "- one\n");
    desk.put("daily/2026-11-20_web-1.md", "- yesterday\n");
    let page = desk.clf(&["daily", DAY]);
    let body = page.out.split_once('\n').unwrap().1;
    assert_eq!(body, "# 2026-11-21\n\n## web-1\n\n- one\n\n## web-2\n\n- two\n");
    assert!(!desk.place("daily/2026-11-21.md").exists(), "looking makes nothing");
    let merged = desk.clf(&["daily", DAY, "--merge", "--json"]).json();
    assert_eq!(merged["instances"], serde_json::json!(["web-1", "web-2"]));
    assert_eq!(desk.content("daily/2026-11-21.md"), page.out);
    assert_eq!(desk.clf(&["daily", DAY, "--merge", "--json"]).json()["change"], serde_json::Value::Null);
    desk.clf(&["append", "daily/2026-11-21_web-1.md", "- more"]);
    assert_eq!(desk.clf(&["daily", DAY, "--merge"]).code, Some(0));
    assert!(desk.content("daily/2026-11-21.md").contains("- one\n- more\n"));
    let log = desk.clf(&["log", "daily/2026-11-21.md", "--json"]).json();
    assert_eq!(log["entries"][0]["verb"], "merge");
}

#[test]
fn a_page_that_somebody_wrote_is_not_merged_over() {
    let desk = Desk::new();
    desk.put("daily/2026-11-21_web-1.md", "- one\n");
    desk.put("daily/2026-11-21.md", "my own words\n");
    refused!(desk.clf(&["daily", DAY, "--merge"]), 5, "changed");
    assert_eq!(desk.content("daily/2026-11-21.md"), "my own words\n");
    refused!(desk.clf(&["daily", "2026-13-01"]), 2, "value");
}
