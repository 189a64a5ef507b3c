//! An updater that ends at any point: killed, with the power, or without room on the disk. What it leaves is finished by the
//! next one, and at no moment is the host without a system that was proven, or with the secrets of another one.

mod case;
mod disk;
mod full;
mod recovery;
mod trace;

use std::collections::BTreeSet;

use self::{
    case::Case,
    recovery::Loss,
    trace::{End, Event, Point, Traced},
};
use crate::{machine::Candidate, store::Quality};

/// The moments of an update, one of each kind: those at which the same was written and the same is at risk are one.
fn moments(case: &Case, whole: &Traced) -> Vec<Point> {
    moments_from(case, whole, "")
}

/// Those from when on the state speaks of something.
fn moments_from(case: &Case, whole: &Traced, words: &str) -> Vec<Point> {
    let mut disk = case.disk();
    let mut seen = BTreeSet::new();
    let mut moments = Vec::new();
    let mut points = whole.points(&case.host()).into_iter().peekable();
    for (at, call) in whole.calls.iter().enumerate() {
        if let Some((_, point)) = points.next_if(|(of, _)| *of == at)
            && disk.text("state/state.json").contains(words)
            && seen.insert(disk.gist())
        {
            moments.push(point);
        }
        disk.hears(call);
    }
    moments
}

/// Ends an update at each of its moments, which are at least so many. At how many of them something was at risk.
fn ended_at_each(case: &mut Case, whole: &Traced, least: usize) -> usize {
    let moments = moments(case, whole);
    ended_at(case, &moments, least)
}

fn ended_at(case: &mut Case, moments: &[Point], least: usize) -> usize {
    assert!(moments.len() >= least, "only {} moments", moments.len());
    let mut lost = 0;
    for point in moments {
        let (killed, disk) = case.is_killed_at(point);
        case.recovers(Loss::Process, &format!("killed at {point}"));
        // Where nothing is lost with the power, it is as if the machine had been ended a moment later.
        if killed.end != End::Killed || !disk.is_at_risk() {
            continue;
        }
        lost += 1;
        case.power_goes(&disk);
        case.recovers(Loss::Power, &format!("without power at {point}, and what can be lost is"));
    }
    lost
}

/// Ends an update to a release of this quality at each of its moments.
fn ended_everywhere(test: &str, quality: Quality) {
    let Some(mut case) = Case::new(test, quality) else { return };
    let whole = case.apply(None);
    let lost = ended_at_each(&mut case, &whole, 20);
    assert!(lost >= 10, "something was at risk at {lost} moments only");
}

#[test]
fn an_update_that_is_ended_anywhere_is_finished() {
    ended_everywhere("an_update_that_is_ended_anywhere_is_finished", Quality::Good);
}

#[test]
fn a_rollback_that_is_ended_anywhere_is_finished() {
    ended_everywhere("a_rollback_that_is_ended_anywhere_is_finished", Quality::Sick);
}

/// The updater goes down with its machine, which comes up like this. What is ended from then on begins there.
fn goes_down(case: &mut Case, candidate: Candidate) -> Traced {
    let down = case.apply(None);
    assert_eq!(down.end, End::WentDown);
    case.comes_up(candidate);
    case.begins_here();
    down
}

#[test]
fn an_update_by_reboot_that_is_ended_anywhere_is_finished() {
    let test = "an_update_by_reboot_that_is_ended_anywhere_is_finished";
    let Some(mut case) = Case::new(test, Quality::NewKernel) else { return };
    let down = case.apply(None);
    assert_eq!(down.end, End::WentDown);
    // What comes before is what comes before every switch.
    let before = moments_from(&case, &down, "booting-new");
    ended_at(&mut case, &before, 5);
    goes_down(&mut case, Candidate::ComesUp);
    let up = case.apply(None);
    assert_eq!(up.end, End::Code(0));
    ended_at_each(&mut case, &up, 10);
}

#[test]
fn a_reboot_into_a_sick_system_that_is_ended_anywhere_is_taken_back() {
    let test = "a_reboot_into_a_sick_system_that_is_ended_anywhere_is_taken_back";
    let Some(mut case) = Case::new(test, Quality::SickKernel) else { return };
    goes_down(&mut case, Candidate::ComesUp);
    let leaves = case.apply(None);
    assert_eq!(leaves.end, End::WentDown);
    ended_at_each(&mut case, &leaves, 8);
    goes_down(&mut case, Candidate::ComesUp);
    let back = case.apply(None);
    assert_eq!(back.end, End::Code(0), "it tries again later");
    ended_at_each(&mut case, &back, 5);
}

#[test]
fn a_reboot_into_nothing_that_is_ended_anywhere_is_taken_back() {
    let test = "a_reboot_into_nothing_that_is_ended_anywhere_is_taken_back";
    let Some(mut case) = Case::new(test, Quality::SickKernel) else { return };
    goes_down(&mut case, Candidate::Panics);
    let back = case.apply(None);
    assert_eq!(back.end, End::Code(0), "it tries again later");
    ended_at_each(&mut case, &back, 5);
}

#[test]
fn what_an_updater_wrote_is_on_the_disk_when_it_ends() {
    let test = "what_an_updater_wrote_is_on_the_disk_when_it_ends";
    let Some(mut case) = Case::untouched(test, Quality::Good) else { return };
    let whole = case.apply(None);
    assert_eq!(whole.end, End::Code(0));
    let mut disk = case.disk();
    whole.calls.iter().for_each(|call| disk.hears(call));
    assert_eq!(disk.may_lose(), [] as [std::path::PathBuf; 0]);
    assert!(
        whole.calls.iter().filter(|call| call.name == "fsync").count() >= 20,
        "it does wait for the disk"
    );
}

#[test]
fn a_disk_that_is_full_from_any_write_on_leaves_a_host_that_goes_on_when_there_is_room() {
    let test = "a_disk_that_is_full_from_any_write_on_leaves_a_host_that_goes_on_when_there_is_room";
    let Some(mut case) = Case::new(test, Quality::Good) else { return };
    let whole = case.apply(None);
    let writes = whole.points(&case.host()).into_iter().filter(|(_, point)| point.call == "write");
    let writes: Vec<_> = writes.map(|(_, point)| point).collect();
    assert!(writes.len() >= 20, "only {} writes", writes.len());
    for point in writes.iter().step_by(4) {
        let ended = case.apply(Some((Event::NoRoom, point)));
        assert_ne!(ended.end, End::Code(101), "it panicked at {point}");
        case.recovers(Loss::Room, &format!("no room from {point} on"));
    }
}
