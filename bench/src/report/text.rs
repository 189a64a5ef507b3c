//! Figures as tables.

use std::fmt::Write as _;

use super::{Better, Figure, Report, Source, Unit};

/// The columns of a table.
const COLUMNS: [&str; 5] = ["Figure", "Found", "Target", "Compared with", "Ratio"];

impl Report {
    /// As a table in plain text.
    pub(crate) fn to_text(&self) -> String {
        let rows: Vec<[String; 5]> = self.figures.iter().map(row).collect();
        let mut widths = COLUMNS.map(|column| column.chars().count());
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let line = |cells: &[String; 5]| {
            let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        let mut text = format!("{}\n\n{}\n", self.title, line(&COLUMNS.map(str::to_owned)));
        for row in &rows {
            let _ = writeln!(text, "{}", line(row));
        }
        for note in &self.notes {
            let _ = write!(text, "\nnote: {note}");
        }
        text
    }

    /// As a section in Markdown.
    pub(crate) fn to_markdown(&self) -> String {
        let mut text = format!("### {}\n\n", self.title);
        let _ = writeln!(
            text,
            "`clawlets-bench {}`, {}, {}.\n",
            self.benchmark,
            self.at.strftime("%Y-%m-%d %H:%M UTC"),
            self.machine
        );
        let _ = writeln!(text, "| {} |\n|---|--:|--:|---|--:|", COLUMNS.join(" | "));
        for figure in &self.figures {
            let _ = writeln!(text, "| {} |", row(figure).join(" | "));
        }
        if !self.notes.is_empty() {
            text.push('\n');
        }
        for note in &self.notes {
            let _ = writeln!(text, "- {note}");
        }
        text
    }
}

fn row(figure: &Figure) -> [String; 5] {
    let sign = match figure.better {
        Better::More => "≥",
        Better::Less => "≤",
    };
    let verdict = match figure.is_reached() {
        Some(true) => " ✓",
        Some(false) => " ✗",
        None => "",
    };
    let target = figure
        .target
        .map_or_else(String::new, |target| format!("{sign} {}{verdict}", figure.unit.show(target)));
    let compared = figure.baseline.as_ref().map_or_else(String::new, |baseline| {
        let recorded = match baseline.source {
            Source::SameRun => "",
            Source::Recorded => " (recorded)",
        };
        format!("{}: {}{recorded}", baseline.name, figure.unit.show(baseline.value))
    });
    let ratio = figure.ratio().map_or_else(String::new, |ratio| format!("{ratio:.1}×"));
    [figure.name.clone(), figure.unit.show(figure.value), target, compared, ratio]
}

impl Unit {
    /// A value in this unit, with as many digits as mean something.
    fn show(self, value: f64) -> String {
        match self {
            Self::PerSecond if value >= 100.0 => format!("{}/s", thousands(value)),
            Self::PerSecond => format!("{value:.1}/s"),
            Self::Millis if value >= 100.0 => format!("{value:.0} ms"),
            Self::Millis if value < 1.0 => format!("{value:.2} ms"),
            Self::Millis => format!("{value:.1} ms"),
            Self::Megabytes => format!("{value:.1} MB"),
            Self::Count if value.fract() == 0.0 => thousands(value),
            Self::Count => format!("{value:.1}"),
        }
    }
}

/// A whole number with its digits in groups.
fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_in_groups_of_three() {
        for (value, text) in [(0.0, "0"), (999.0, "999"), (1_000.0, "1 000"), (1_234_567.0, "1 234 567")] {
            assert_eq!(thousands(value), text);
        }
    }

    #[test]
    fn a_row_shows_the_target_with_its_verdict_and_how_many_times_better_it_is() {
        let figure = Figure::per_second("jobs", 9_000.0).target(5_000.0).against("one by one", 1_500.0);
        assert_eq!(row(&figure), ["jobs", "9 000/s", "≥ 5 000/s ✓", "one by one: 1 500/s", "6.0×"]);
        let figure = Figure::millis("p99", 31.0).target(25.0).against_recorded("before", 62.0);
        assert_eq!(row(&figure), ["p99", "31.0 ms", "≤ 25.0 ms ✗", "before: 62.0 ms (recorded)", "2.0×"]);
    }
}
