//! Flags that are on or off.
//!
//! A switch `--x` may also be written `--no-x`, `--x=true`, `--x=false`, `--x true` and `--x false`, and the last one
//! counts. The argument structs declare plain `--x` (and, where being off is more than not being on, `--no-x` beside
//! it); [`resolve`] brings a command line into that form before it is parsed. So help shows the short form, and a switch
//! never swallows the argument behind it.

use std::{
    collections::BTreeSet,
    ffi::{OsStr, OsString},
};

use clap::{Arg, ArgAction, Command};

/// The long flags of one verb, those of the groups that it belongs to included.
#[derive(Debug, Default)]
struct Switches {
    /// `--x`, without a value.
    plain: BTreeSet<String>,
    /// `--x` or `--x=VALUE`, where `true` and `false` are values.
    valued: BTreeSet<String>,
    /// `--x VALUE`: no switches.
    options: BTreeSet<String>,
}

/// One occurrence of a switch.
struct Occurrence {
    name: String,
    is_on: bool,
    /// How many words of the command line it takes.
    words: usize,
}

/// Brings every switch of a command line into its plain form. What stands behind `--` stays as it is.
#[must_use]
pub fn resolve(command: &Command, words: &[OsString]) -> Vec<OsString> {
    let switches = Switches::of(command, words);
    let mut resolved: Vec<OsString> = Vec::with_capacity(words.len());
    let mut rest = words;
    while let Some(word) = rest.first() {
        if word == "--" {
            resolved.extend_from_slice(rest);
            break;
        }
        let Some(found) = switches.occurrence(word, rest.get(1)) else {
            resolved.push(word.clone());
            rest = &rest[1..];
            continue;
        };
        rest = &rest[found.words..];
        if switches.valued.contains(&found.name) {
            let forms =
                ["", "=true", "=false"].map(|value| OsString::from(format!("--{}{value}", found.name)));
            resolved.retain(|earlier| !forms.contains(earlier));
            resolved.push(format!("--{}={}", found.name, found.is_on).into());
            continue;
        }
        for (name, is_wanted) in
            [(found.name.clone(), found.is_on), (format!("no-{}", found.name), !found.is_on)]
        {
            if switches.plain.contains(&name) {
                let flag = OsString::from(format!("--{name}"));
                resolved.retain(|earlier| *earlier != flag);
                resolved.extend(is_wanted.then_some(flag));
            }
        }
    }
    resolved
}

impl Switches {
    /// The flags of the verb that the words name.
    fn of(command: &Command, words: &[OsString]) -> Self {
        let mut switches = Self::default();
        switches.add(command);
        let (mut verb, mut words) = (command, words.iter().skip(1));
        while let Some(word) = words.next().filter(|word| *word != "--") {
            let Some(word) = word.to_str() else { continue };
            if let Some(flag) = word.strip_prefix("--") {
                if switches.options.contains(flag) {
                    // Its value may look like a verb.
                    words.next();
                }
            } else if let Some(next) = verb.find_subcommand(word) {
                verb = next;
                switches.add(verb);
            }
        }
        switches
    }

    fn add(&mut self, command: &Command) {
        for argument in command.get_arguments() {
            let Some(name) = argument.get_long() else { continue };
            let kind = if is_valued_switch(argument) {
                &mut self.valued
            } else if argument.get_action().takes_values() {
                &mut self.options
            } else if matches!(argument.get_action(), ArgAction::SetTrue) {
                &mut self.plain
            } else {
                continue;
            };
            kind.insert(name.to_owned());
            kind.extend(argument.get_all_aliases().into_iter().flatten().map(str::to_owned));
        }
    }

    /// Reads a word, and the one behind it where that is the switch's value. `None` when it is no switch, or needs no
    /// change because it is a valued switch with another value.
    fn occurrence(&self, word: &OsStr, next: Option<&OsString>) -> Option<Occurrence> {
        let flag = word.to_str()?.strip_prefix("--")?;
        let (flag, value) = match flag.split_once('=') {
            Some((flag, value)) => (flag, Some(truth(value)?)),
            None => (flag, None),
        };
        let (name, positive) = self.name_of(flag)?;
        let (value, words) = match value {
            Some(value) => (value, 1),
            None => match next.and_then(|next| truth(next.to_str()?)) {
                Some(value) => (value, 2),
                None => (true, 1),
            },
        };
        Some(Occurrence { name, is_on: value == positive, words })
    }

    /// The switch that a flag speaks of, and whether it switches it on.
    fn name_of(&self, flag: &str) -> Option<(String, bool)> {
        if self.options.contains(flag) {
            return None;
        }
        if let Some(name) = flag.strip_prefix("no-") {
            let is_known =
                [name, flag].iter().any(|name| self.plain.contains(*name)) || self.valued.contains(name);
            return is_known.then(|| (name.to_owned(), false));
        }
        let is_known = self.plain.contains(flag)
            || self.plain.contains(&format!("no-{flag}"))
            || self.valued.contains(flag);
        is_known.then(|| (flag.to_owned(), true))
    }
}

/// Whether a flag takes its value behind an equals sign only, so that it may stand alone.
fn is_valued_switch(argument: &Arg) -> bool {
    argument.is_require_equals_set() && argument.get_num_args().is_some_and(|range| range.min_values() == 0)
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> Command {
        let switch = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
        let verb = Command::new("verb")
            .arg(switch("follow"))
            .arg(switch("keep"))
            .arg(switch("no-keep"))
            .arg(Arg::new("wait").long("wait").alias("old-wait").num_args(0..=1).require_equals(true))
            .arg(Arg::new("name").long("name"))
            .arg(Arg::new("image").long("image"))
            .arg(switch("no-image"));
        let other = Command::new("other").arg(switch("name")).arg(Arg::new("follow").long("follow"));
        let socket = Arg::new("socket").long("socket").global(true);
        Command::new("program")
            .arg(switch("json").global(true))
            .arg(socket)
            .subcommand(verb)
            .subcommand(other)
    }

    fn resolved(line: &str) -> String {
        let words = resolve(&command(), &line.split_whitespace().map(OsString::from).collect::<Vec<_>>());
        words.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_form_of_a_switch_means_the_same() {
        for (line, expected) in [
            ("p verb --follow id", "p verb --follow id"),
            ("p verb --follow true id", "p verb --follow id"),
            ("p verb --follow=true id", "p verb --follow id"),
            ("p verb --follow false id", "p verb id"),
            ("p verb --follow=false id", "p verb id"),
            ("p verb --no-follow id", "p verb id"),
            ("p verb --no-follow=false id", "p verb --follow id"),
            ("p verb --no-follow true id", "p verb id"),
            ("p --json verb --json=false", "p verb"),
        ] {
            assert_eq!(resolved(line), expected, "{line}");
        }
    }

    #[test]
    fn the_last_one_counts() {
        assert_eq!(resolved("p verb --follow --no-follow"), "p verb");
        assert_eq!(resolved("p verb --no-follow --follow --follow id"), "p verb --follow id");
        assert_eq!(resolved("p verb --keep --name x --no-keep"), "p verb --name x --no-keep");
        assert_eq!(resolved("p verb --wait --name x --no-wait"), "p verb --name x --wait=false");
    }

    #[test]
    fn being_off_is_kept_where_it_means_something() {
        for line in
            ["p verb --no-keep", "p verb --keep=false", "p verb --keep false", "p verb --keep --no-keep=true"]
        {
            assert_eq!(resolved(line), "p verb --no-keep", "{line}");
        }
        assert_eq!(resolved("p verb --no-keep=false"), "p verb --keep");
    }

    #[test]
    fn a_switch_with_values_of_its_own_keeps_them() {
        for (line, expected) in [
            ("p verb --wait", "p verb --wait=true"),
            ("p verb --wait id", "p verb --wait=true id"),
            ("p verb --wait false", "p verb --wait=false"),
            ("p verb --no-wait", "p verb --wait=false"),
            ("p verb --wait=gone", "p verb --wait=gone"),
            ("p verb --old-wait false id", "p verb --old-wait=false id"),
        ] {
            assert_eq!(resolved(line), expected, "{line}");
        }
    }

    #[test]
    fn a_flag_may_be_a_switch_of_one_verb_and_take_values_at_another() {
        assert_eq!(resolved("p verb --name true --follow true"), "p verb --name true --follow");
        assert_eq!(resolved("p other --name true --follow true"), "p other --name --follow true");
        assert_eq!(resolved("p --socket other verb --name true"), "p --socket other verb --name true");
    }

    #[test]
    fn what_is_no_switch_stays() {
        for line in [
            "p verb --image debian --no-image",
            "p verb --name true",
            "p verb --follow=maybe",
            "p verb --unknown false",
            "p verb -- --follow false",
        ] {
            assert_eq!(resolved(line), line);
        }
    }
}
