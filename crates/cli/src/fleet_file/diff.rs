//! What changes in the file, as it may be shown.

use std::path::Path;

use clawlets_fleet::edit::FleetText;
use clawlets_printer::plain;
use similar::TextDiff;

/// The changed lines with those around them. Tokens that stand in a gateway's settings are not shown.
pub(super) fn diff(path: &Path, before: &str, after: &str) -> String {
    let name = path.display().to_string();
    let shown = |text: &str| FleetText::parse(text).map_or_else(|_| text.to_owned(), |text| text.redacted());
    let (before, after) = (shown(before), shown(after));
    TextDiff::from_lines(&before, &after).unified_diff().header(&name, &name).to_string()
}

/// Lines with what could steer a terminal made harmless.
pub(crate) fn plain_lines(text: &str) -> String {
    text.lines().map(|line| plain(line) + "\n").collect()
}
