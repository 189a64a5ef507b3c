//! The real program, ended at every point at which something of the host is about to change: killed, without power, and
//! without room on the disk. What it leaves is finished by the next one, and at no moment is the host without a system
//! that was proven, or with the secrets of another one.

mod case;
mod disk;
mod full;
mod recovery;
mod trace;

use std::collections::BTreeSet;

use self::{
    case::Case,
    trace::{Event, Point, Traced},
};
use crate::store::Quality;

/// The moments of an update, one of each kind: those at which the same was written and the same is at risk are one.
fn moments(case: &Case, whole: &Traced) -> Vec<Point> {
    let mut disk = case.disk();
    let mut seen = BTreeSet::new();
    let mut moments = Vec::new();
    let mut points = whole.points(&case.host()).into_iter().peekable();
    for (at, call) in whole.calls.iter().enumerate() {
        if let Some((_, point)) = points.next_if(|(of, _)| *of == at)
            && seen.insert(disk.gist())
        {
            moments.push(point);
        }
        disk.hears(call);
    }
    moments
}

/// Ends an update to a release of this quality at each of its moments.
fn ended_everywhere(test: &str, quality: Quality) {
    let Some(mut case) = Case::new(test, quality) else { return };
    let whole = case.apply(None);
    let moments = moments(&case, &whole);
    assert!(moments.len() >= 20, "only {} moments", moments.len());
    let mut lost = 0;
    for point in &moments {
        let (killed, disk) = case.is_killed_at(point);
        let was_killed = killed.code.is_none();
        case.recovers(&format!("killed at {point}"));
        if !was_killed {
            continue;
        }
        lost += u32::from(disk.is_at_risk());
        case.power_goes(&disk);
        case.recovers(&format!("without power at {point}, and what can be lost is"));
    }
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

#[test]
fn what_an_updater_wrote_is_on_the_disk_when_it_ends() {
    let test = "what_an_updater_wrote_is_on_the_disk_when_it_ends";
    let Some(mut case) = Case::untouched(test, Quality::Good) else { return };
    let whole = case.apply(None);
    assert_eq!(whole.code, Some(0));
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
    for point in writes.iter().step_by(3) {
        let ended = case.apply(Some((Event::NoRoom, point)));
        assert_ne!(ended.code, Some(101), "it panicked at {point}");
        case.recovers(&format!("no room from {point} on"));
    }
}
