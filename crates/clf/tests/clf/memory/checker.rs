//! Judges a recorded history of one file: is there one order of all calls that explains what each of them saw?
//!
//! A file is a register. Its state is "absent", or the bytes that it holds. A mutation is a write of a given text, an append
//! of a given line, or a compare-and-swap; it answers with the digest that it replaced and the digest that it made. An
//! observation is a read, or a compare-and-swap that was refused; it answers with the digest that it found.
//!
//! **What is checked.** Linearizability: there is a total order of all calls in which (1) each call sees the state that the
//! calls before it made, and (2) a call that ended before another one began stands before it.
//!
//! **Why this is fast and still exact.** Every text that is ever written holds a number that no other one holds, and an append
//! makes a file longer than all that it was made of. So no two mutations make the same state, and the answers leave no
//! choice:
//!
//! - A mutation that replaced the digest `d` must stand directly behind the mutation that made `d`, or first if `d` is
//!   "absent". Two mutations that replaced the same digest contradict each other: one of both is lost. A mutation that
//!   replaced what nobody made is no less wrong. So the mutations form one chain, or there is no order.
//! - Along the chain each state is computed from the inputs alone, and held against the digest that was answered.
//! - An observation of `d` must stand behind the mutation that made `d` and before the next mutation. An observation of what
//!   nobody made was torn or invented.
//! - Among the observations of one state any order explains what they saw. By their beginning is as good as any: if some
//!   order satisfies (2) for them, that one does, since of two calls the one that ended before the other began also began
//!   earlier.
//!
//! So one order is left, and (2) is to be checked for it: no call in it may end before a call that stands in front of it
//! began. It is enough to hold the end of each call against the latest beginning so far. Calls can then be given moments
//! that rise along the order: each takes the latest beginning so far, which is not after its own end, and not before its own
//! beginning.

use std::{collections::BTreeMap, fmt, time::Duration};

use clawlets_memory::Digest;

/// The state of a file, by its digest; none if it is absent.
pub(super) type State = Option<Digest>;

/// What a call did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Did {
    /// It wrote this text in place of a state. A compare-and-swap names the digest that it demanded.
    Wrote { text: String, demanded: Option<Digest>, before: State, after: Digest },
    /// It appended this line to a state.
    Appended { line: String, before: State, after: Digest },
    /// It found this state.
    Saw(State),
}

/// A call, from its beginning to its end on one clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) began: Duration,
    pub(super) ended: Duration,
    pub(super) did: Did,
}

/// Why no order explains a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Violation {
    /// Two mutations replaced the same state, so one of both is lost.
    LostUpdate(Box<[Call; 2]>),
    /// A mutation replaced what no other one made.
    OutOfNowhere(Box<Call>),
    /// A mutation made something else than it should have.
    WrongContent(Box<Call>),
    /// A compare-and-swap replaced another state than it demanded.
    WrongSwap(Box<Call>),
    /// An observation of a state that never was: torn, or invented.
    NeverWas(Box<Call>),
    /// The second call ended before the first one began, and yet stands behind it by what both saw.
    AgainstTime(Box<[Call; 2]>),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#?}")
    }
}

/// How many calls were explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Explained {
    pub(super) mutations: usize,
    pub(super) observations: usize,
}

/// Looks for the order that explains a history.
pub(super) fn explain(history: &[Call]) -> Result<Explained, Violation> {
    let mut by_replaced: BTreeMap<State, &Call> = BTreeMap::new();
    let mut observations: BTreeMap<State, Vec<&Call>> = BTreeMap::new();
    for call in history {
        match &call.did {
            Did::Wrote { before, .. } | Did::Appended { before, .. } => {
                if let Some(other) = by_replaced.insert(*before, call) {
                    return Err(Violation::LostUpdate(Box::new([other.clone(), call.clone()])));
                }
            }
            Did::Saw(state) => observations.entry(*state).or_default().push(call),
        }
    }
    let explained =
        Explained { mutations: by_replaced.len(), observations: observations.values().map(Vec::len).sum() };
    let mut order: Vec<&Call> = Vec::with_capacity(history.len());
    let (mut state, mut content) = (None, None);
    loop {
        let mut seen = observations.remove(&state).unwrap_or_default();
        seen.sort_by_key(|call| call.began);
        order.extend(seen);
        let Some(call) = by_replaced.remove(&state) else { break };
        let (next, after) = made(call, content.take())?;
        order.push(call);
        (state, content) = (Some(after), Some(next));
    }
    if let Some(call) = by_replaced.into_values().next() {
        return Err(Violation::OutOfNowhere(Box::new(call.clone())));
    }
    if let Some(call) = observations.into_values().flatten().next() {
        return Err(Violation::NeverWas(Box::new(call.clone())));
    }
    against_the_clock(&order)?;
    Ok(explained)
}

/// What a mutation makes of a content, if that is what it says.
fn made(call: &Call, content: Option<String>) -> Result<(String, Digest), Violation> {
    let (next, after) = match &call.did {
        Did::Wrote { text, demanded, before, after } => {
            if demanded.is_some() && demanded != before {
                return Err(Violation::WrongSwap(Box::new(call.clone())));
            }
            (text.clone(), *after)
        }
        Did::Appended { line, after, .. } => {
            let mut next = content.unwrap_or_default();
            if !next.is_empty() && !next.ends_with('\n') {
                next.push('\n');
            }
            next.push_str(line);
            next.push('\n');
            (next, *after)
        }
        Did::Saw(_) => unreachable!("only mutations are in the chain"),
    };
    if Digest::of(next.as_bytes()) == after {
        Ok((next, after))
    } else {
        Err(Violation::WrongContent(Box::new(call.clone())))
    }
}

fn against_the_clock(order: &[&Call]) -> Result<(), Violation> {
    let mut latest: Option<&Call> = None;
    for call in order {
        if let Some(latest) = latest.filter(|latest| call.ended < latest.began) {
            return Err(Violation::AgainstTime(Box::new([latest.clone(), (*call).clone()])));
        }
        if latest.is_none_or(|latest| call.began > latest.began) {
            latest = Some(call);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(text: &str) -> Digest {
        Digest::of(text.as_bytes())
    }

    fn at(began: u64, ended: u64, did: Did) -> Call {
        Call { began: Duration::from_millis(began), ended: Duration::from_millis(ended), did }
    }

    fn write(text: &str, before: Option<&str>) -> Did {
        Did::Wrote { text: text.to_owned(), demanded: None, before: before.map(digest), after: digest(text) }
    }

    fn append(line: &str, before: Option<&str>, after: &str) -> Did {
        Did::Appended { line: line.to_owned(), before: before.map(digest), after: digest(after) }
    }

    fn saw(text: Option<&str>) -> Did {
        Did::Saw(text.map(digest))
    }

    #[test]
    fn histories_that_have_an_order_are_explained() {
        let concurrent = [
            at(0, 1, saw(None)),
            at(0, 10, write("a", None)),
            at(0, 20, append("b", Some("a"), "a\nb\n")),
            at(5, 30, write("c", Some("a\nb\n"))),
            at(0, 40, saw(Some("a"))),
            at(12, 40, saw(Some("a\nb\n"))),
            at(29, 50, saw(Some("c"))),
            at(60, 70, saw(Some("c"))),
        ];
        assert_eq!(explain(&concurrent), Ok(Explained { mutations: 3, observations: 5 }));
        assert_eq!(explain(&[]), Ok(Explained { mutations: 0, observations: 0 }));
        // A late answer: the read of the old state overlaps the write, however long after it the others read.
        let late = [
            at(0, 1, write("a", None)),
            at(2, 90, write("b", Some("a"))),
            at(3, 80, saw(Some("b"))),
            at(70, 95, saw(Some("a"))),
        ];
        assert!(explain(&late).is_ok());
    }

    #[test]
    fn a_lost_update_is_found() {
        let lost = [
            at(0, 1, write("a", None)),
            at(2, 9, append("x", Some("a"), "a\nx\n")),
            at(2, 9, append("y", Some("a"), "a\ny\n")),
        ];
        assert!(matches!(explain(&lost), Err(Violation::LostUpdate(_))));
    }

    #[test]
    fn a_stale_read_is_found() {
        let stale = [at(0, 1, write("a", None)), at(2, 3, write("b", Some("a"))), at(4, 5, saw(Some("a")))];
        assert!(matches!(explain(&stale), Err(Violation::AgainstTime(_))));
    }

    #[test]
    fn reads_that_go_back_in_time_are_found() {
        let back = [
            at(0, 1, write("a", None)),
            at(2, 90, write("b", Some("a"))),
            at(10, 20, saw(Some("b"))),
            at(30, 40, saw(Some("a"))),
        ];
        assert!(matches!(explain(&back), Err(Violation::AgainstTime(_))));
    }

    #[test]
    fn a_read_from_the_future_is_found() {
        let future = [at(0, 1, saw(Some("a"))), at(2, 3, write("a", None))];
        assert!(matches!(explain(&future), Err(Violation::AgainstTime(_))));
    }

    #[test]
    fn a_file_that_vanishes_is_found() {
        let gone = [at(0, 1, write("a", None)), at(2, 3, saw(None))];
        assert!(matches!(explain(&gone), Err(Violation::AgainstTime(_))));
    }

    #[test]
    fn a_torn_read_is_found() {
        let torn = [at(0, 1, write("abcdef", None)), at(0, 2, saw(Some("abc")))];
        assert!(matches!(explain(&torn), Err(Violation::NeverWas(_))));
    }

    #[test]
    fn a_torn_append_is_found() {
        let torn = [at(0, 1, write("a", None)), at(2, 3, append("line", Some("a"), "a\nli"))];
        assert!(matches!(explain(&torn), Err(Violation::WrongContent(_))));
        let glued = [at(0, 1, write("a", None)), at(2, 3, append("line", Some("a"), "aline\n"))];
        assert!(matches!(explain(&glued), Err(Violation::WrongContent(_))));
    }

    #[test]
    fn a_change_of_what_nobody_made_is_found() {
        let nowhere = [at(0, 1, write("a", None)), at(2, 3, write("c", Some("b")))];
        assert!(matches!(explain(&nowhere), Err(Violation::OutOfNowhere(_))));
    }

    #[test]
    fn a_swap_of_another_version_than_it_demanded_is_found() {
        let did = Did::Wrote {
            text: "c".to_owned(),
            demanded: Some(digest("a")),
            before: Some(digest("b")),
            after: digest("c"),
        };
        let swapped = [at(0, 1, write("a", None)), at(2, 3, write("b", Some("a"))), at(4, 5, did)];
        assert!(matches!(explain(&swapped), Err(Violation::WrongSwap(_))));
    }

    #[test]
    fn changes_in_another_order_than_they_happened_are_found() {
        let swapped = [
            at(0, 1, write("a", None)),
            at(10, 11, append("x", Some("a\ny\n"), "a\ny\nx\n")),
            at(20, 21, append("y", Some("a"), "a\ny\n")),
        ];
        assert!(matches!(explain(&swapped), Err(Violation::AgainstTime(_))));
    }
}
