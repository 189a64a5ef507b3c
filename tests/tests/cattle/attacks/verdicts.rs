//! What attacks said about themselves, against what they should have said.

use std::{collections::BTreeMap, fmt::Write as _, io::Write as _};

/// What meets a group of attacks, and their names.
pub(super) type Defence<'a> = (&'a str, &'a [&'a str]);

/// The attacks of one run, by name.
#[derive(Debug, Default)]
pub(super) struct Verdicts(BTreeMap<String, (String, String)>);

impl Verdicts {
    /// Reads a job's logs: a line for each attack, with its name, how it went, and a detail, separated by tabs. Other
    /// lines say nothing.
    pub(super) fn read(logs: &str) -> Self {
        let mut verdicts = Self::default();
        for line in logs.lines() {
            let mut fields = line.trim_end().splitn(3, '\t');
            if let (Some(name), Some(outcome), detail) = (fields.next(), fields.next(), fields.next()) {
                // Logs are shown with the time and stream in front.
                let name = name.rsplit(' ').next().unwrap_or(name);
                verdicts.add(name, outcome, detail.unwrap_or_default());
            }
        }
        verdicts
    }

    /// Adds what was seen from outside of the guest.
    pub(super) fn add(&mut self, name: &str, outcome: &str, detail: &str) {
        self.0.insert(name.to_owned(), (outcome.to_owned(), detail.to_owned()));
    }

    /// Takes out one that is no attack by itself.
    pub(super) fn forget(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// The detail of one.
    pub(super) fn detail(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |(_, detail)| detail)
    }

    /// Prints the table, and fails unless every attack of `defences` was tried and defeated, and no other.
    pub(super) fn all_defeated(&self, title: &str, defences: &[Defence<'_>]) {
        let mut table = format!("\n{title}\n");
        let mut wrong = Vec::new();
        let mut known = Vec::new();
        for (defence, names) in defences {
            for name in *names {
                known.push(*name);
                let missing = ("missing".to_owned(), String::new());
                let (outcome, detail) = self.0.get(*name).unwrap_or(&missing);
                let _ = writeln!(table, "  {name:<32} {outcome:<10} {defence:<48} {detail}");
                if outcome != "defeated" {
                    wrong.push(*name);
                }
            }
        }
        let unknown: Vec<_> = self.0.keys().filter(|name| !known.contains(&name.as_str())).collect();
        let _ = write!(table, "  {} attacks, {} not defeated", known.len(), wrong.len());
        print(&table);
        assert!(wrong.is_empty(), "{wrong:?} of\n{table}");
        assert!(unknown.is_empty(), "{unknown:?} are in no table");
    }
}

#[expect(clippy::print_stdout, reason = "shown with --nocapture, and with a failure")]
fn print(table: &str) {
    println!("{table}");
    let _ = std::io::stdout().flush();
}
