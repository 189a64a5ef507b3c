//! Lives with several deaths and several faults, drawn by chance from a seed that replays them.

use clawlets_cloud::Jitter;

use super::{
    matrix::{Cell, report, say},
    scenario,
    trouble::Trouble,
    world::Armed,
};

/// How many schedules a usual run draws.
const SCHEDULES: u64 = 60;

/// The schedule of a seed.
fn schedule(seed: u64) -> Cell {
    let chance = Jitter::seeded(seed);
    let below = |most: usize| ((chance.fraction() * most as f64) as usize).min(most - 1);
    let scenario = scenario::ALL[below(scenario::ALL.len())];
    let mut deaths: Vec<usize> = (0..below(5)).map(|_| below(150)).collect();
    deaths.sort_unstable();
    deaths.dedup();
    let mut armed: Vec<Armed> = (0..1 + below(5))
        .map(|_| Armed { trouble: Trouble::ALL[below(Trouble::ALL.len())], from: below(150) })
        .collect();
    armed.sort_by_key(|armed| armed.from);
    Cell { scenario, deaths, armed }
}

#[test]
fn nothing_is_left_behind_by_schedules_of_deaths_and_faults_that_are_drawn_by_chance() {
    let told = std::env::var("CLAWLETS_SEED").ok().map(|text| text.parse::<u64>().unwrap());
    let whole = std::env::var_os("CLAWLETS_MATRIX").is_some_and(|size| size == "full");
    let first = told.unwrap_or_else(|| u64::from(std::process::id()) << 20);
    let count = if told.is_some() {
        1
    } else if whole {
        SCHEDULES * 50
    } else {
        SCHEDULES
    };
    say(&format!("schedules from CLAWLETS_SEED={first} on"));
    let cells: Vec<Cell> = (first..first + count).map(schedule).collect();
    report("random schedules", &cells);
}
