use proptest::prelude::*;

use super::*;

/// A listing as the provider keeps it, pages of two.
#[derive(Debug, Clone)]
struct Project {
    ids: Vec<u64>,
    next_id: u64,
}

/// Something that happens between two reads.
#[derive(Debug, Clone, Copy)]
enum Event {
    Create,
    /// Deletes the entry at this place, counted round.
    Delete(usize),
}

impl Project {
    fn with(entries: u64) -> Self {
        Self { ids: (1..=entries).collect(), next_id: entries + 1 }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Create => {
                self.ids.push(self.next_id);
                self.next_id += 1;
            }
            Event::Delete(at) if !self.ids.is_empty() => {
                self.ids.remove(at % self.ids.len());
            }
            Event::Delete(_) => {}
        }
    }

    fn page(&self, page: u32, ids: &[u64]) -> (Vec<(u64, u64)>, Pagination) {
        let pages = u32::try_from(ids.len().div_ceil(2).max(1)).unwrap();
        let place = Pagination {
            next_page: (page < pages).then_some(page + 1),
            last_page: Some(pages),
            total_entries: Some(ids.len() as u64),
        };
        let start = (page as usize - 1) * 2;
        (ids.iter().skip(start).take(2).map(|id| (*id, *id)).collect(), place)
    }
}

/// Reads to the end; between two reads, the next events happen.
fn read(project: &mut Project, events: &[Vec<Event>], order: fn(&mut Vec<u64>)) -> (Step, Vec<u64>, u32) {
    let mut listing = Listing::new();
    let mut events = events.iter();
    let mut page = 1;
    loop {
        let mut ids = project.ids.clone();
        order(&mut ids);
        let (entries, place) = project.page(page, &ids);
        match listing.take(entries, place) {
            Step::Read(next) => page = next,
            end @ (Step::Complete | Step::Unsteady | Step::Endless) => {
                let passes = listing.passes();
                return (end, listing.into_entries(), passes);
            }
        }
        for event in events.next().into_iter().flatten() {
            project.happen(*event);
        }
    }
}

#[test]
fn a_single_page_is_read_once() {
    assert_eq!(read(&mut Project::with(2), &[], |_| {}), (Step::Complete, vec![1, 2], 1));
    assert_eq!(read(&mut Project::with(0), &[], |_| {}), (Step::Complete, vec![], 1));
}

#[test]
fn a_deletion_on_an_early_page_loses_nothing() {
    let mut project = Project::with(6);
    // Between the first two reads 1 goes and 7 comes: the total stands still while every other entry moves up.
    let (step, seen, passes) = read(&mut project, &[vec![Event::Delete(0), Event::Create]], |_| {});
    assert_eq!((step, passes), (Step::Complete, 1));
    assert!((2..=6).all(|id| seen.contains(&id)), "{seen:?}");
}

#[test]
fn a_listing_without_order_is_read_again_until_the_total_stands_still() {
    let events = [vec![Event::Create], vec![], vec![], vec![], vec![Event::Delete(0)]];
    let (step, seen, passes) = read(&mut Project::with(6), &events, |ids| ids.reverse());
    assert_eq!((step, seen), (Step::Complete, vec![2, 3, 4, 5, 6, 7]));
    assert!(passes > 1);
}

#[test]
fn a_listing_without_order_that_never_rests_is_unsteady() {
    let events = vec![vec![Event::Create]; 200];
    let (step, _, passes) = read(&mut Project::with(6), &events, |ids| ids.reverse());
    assert_eq!((step, passes), (Step::Unsteady, MOST_PASSES));
}

#[test]
fn a_listing_whose_end_is_unknown_is_read_forwards() {
    let mut listing = Listing::new();
    let place = |next_page| Pagination { next_page, last_page: None, total_entries: Some(3) };
    assert_eq!(listing.take(vec![(1, 1), (2, 2)], place(Some(2))), Step::Read(2));
    assert_eq!(listing.take(vec![(3, 3)], place(None)), Step::Complete);
    assert_eq!(listing.into_entries(), [1, 2, 3]);
}

#[test]
fn a_listing_without_end_is_given_up() {
    let mut listing: Listing<u64, u64> = Listing::new();
    let place = Pagination { next_page: Some(2), last_page: Some(4_000_000), total_entries: None };
    assert_eq!(listing.take(Vec::new(), place), Step::Endless);
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![Just(Event::Create), (0_usize..50).prop_map(Event::Delete)]
}

proptest! {
    #[test]
    fn what_exists_throughout_is_listed_once(
        entries in 0_u64..20,
        events in proptest::collection::vec(proptest::collection::vec(event(), 0..4), 0..30),
    ) {
        let mut project = Project::with(entries);
        let before = project.ids.clone();
        let (step, seen, passes) = read(&mut project, &events, |_| {});
        prop_assert_eq!((step, passes), (Step::Complete, 1));
        for id in before.iter().filter(|id| project.ids.contains(id)) {
            prop_assert!(seen.contains(id), "{} is missing from {:?}", id, seen);
        }
        prop_assert!(seen.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn any_pages_come_to_an_end(
        pages in proptest::collection::vec(
            (
                proptest::collection::vec(0_u64..9, 0..4),
                proptest::option::of(0_u32..6),
                proptest::option::of(0_u32..6),
                proptest::option::of(0_u64..9),
            ),
            1..10,
        ),
    ) {
        let mut listing = Listing::new();
        let mut answers = pages.iter().cycle();
        let ended = (0..100_000).any(|_| {
            let (ids, next_page, last_page, total_entries) = answers.next().expect("a cycle has no end");
            let place =
                Pagination { next_page: *next_page, last_page: *last_page, total_entries: *total_entries };
            !matches!(listing.take(ids.iter().map(|id| (*id, *id)).collect(), place), Step::Read(_))
        });
        prop_assert!(ended);
    }
}
