//! What one daemon cannot show: two of them in one project, a store that is lost or old, clocks that are wrong.

use std::{fs, path::Path, time::Duration};

use jiff::SignedDuration;
use serde_json::json;

use super::{
    life::{Client, Daemon, End, Site, in_virtual_time, live, vm_exists},
    scenario,
    world::World,
};
use crate::{DryRun, reaper::sweep_at};

const TICK: Duration = Duration::from_millis(250);

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// Lives the first life until it dies at the first moment that is called so.
fn die_at(world: &std::sync::Arc<World>, site: &Site, client: &mut Client, moment: &str) {
    let quiet = super::matrix::Cell { scenario: scenario::ALL[0], deaths: Vec::new(), armed: Vec::new() };
    let moments = quiet.run().unwrap().moments;
    let place = moments.iter().position(|label| label == moment);
    let place = place.unwrap_or_else(|| panic!("no moment {moment} among {moments:?}"));
    world.lock().deaths.insert(place);
    assert_eq!(live(world, site, client, &scenario::ALL[0]).0, End::Died);
}

#[test]
fn two_orchestrators_in_one_project_leave_each_others_vms_alone() {
    let world = World::new(2);
    let sites = [Site::new("proof-1", 2), Site::new("proof-2", 2)];
    let mut clients = [Client::default(), Client::default()];
    let manners = [scenario::ALL[4], scenario::ALL[0]];
    in_virtual_time(&world, async {
        let daemons = [Daemon::start(&sites[0], &world).await, Daemon::start(&sites[1], &world).await];
        loop {
            let mut settled = true;
            for at in 0..2 {
                settled &= clients[at].act(&daemons[at], &sites[at], &world, &manners[at]).await;
                daemons[at].guests_act(&sites[at], &world, &manners[at]).await;
                daemons[at].shared.fleet.room(&daemons[at].shared.caps);
            }
            if settled {
                break;
            }
            tokio::time::sleep(TICK).await;
        }
        for at in 0..2 {
            let job = daemons[at].job(clients[at].job.as_ref().unwrap()).await;
            // A VM that the other one had touched would have been lost.
            assert_eq!(job["reason"], manners[at].ends.1, "{job}");
            assert_eq!(job["attempt"], 1, "{job}");
        }
    })
    .unwrap();
    assert!(world.lock().project.breaches.is_empty(), "{:?}", world.lock().project.breaches);
}

#[test]
fn a_vm_whose_orchestrator_is_dead_is_deleted_by_another_ones_sweep_after_its_time() {
    let world = World::new(2);
    let (dead, other) = (Site::new("proof-1", 2), Site::new("proof-2", 2));
    die_at(&world, &dead, &mut Client::default(), "GET actions: answered");
    let now = world.now();
    world.lock().project.add("unexpired", "proof-1", now + SignedDuration::from_hours(2), now);
    let swept = in_virtual_time(&world, async {
        let daemon = Daemon::start(&other, &world).await;
        let (cloud, config) = (&*daemon.shared.cloud, &daemon.shared.config);
        let early = sweep_at(cloud, config, DryRun::No, world.now()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(12 * 60)).await;
        let late = sweep_at(cloud, config, DryRun::No, world.now()).await.unwrap();
        (early.deleted.len(), late.seen)
    });
    // The other daemon's own reaper was first; the sweep sees that one is left, the one whose time is not over.
    assert_eq!(swept, Some((0, 1)));
}

#[test]
fn a_lost_store_leaves_no_vm() {
    let (world, site, mut client) = (World::new(2), Site::new("proof-1", 2), Client::default());
    die_at(&world, &site, &mut client, "store redeem: written");
    assert!(vm_exists(&world, &site));
    fs::remove_dir_all(site.store()).unwrap();
    let settled = in_virtual_time(&world, async {
        let daemon = Daemon::start(&site, &world).await;
        let begun = tokio::time::Instant::now();
        while vm_exists(&world, &site) && begun.elapsed() < Duration::from_secs(120) {
            daemon.guests_act(&site, &world, &scenario::ALL[0]).await;
            tokio::time::sleep(TICK).await;
        }
        !vm_exists(&world, &site)
    });
    assert_eq!(settled, Some(true));
}

#[test]
fn a_store_that_was_restored_from_an_old_copy_leaves_no_vm_and_ends_its_job_once() {
    let quiet = super::matrix::Cell { scenario: scenario::ALL[0], deaths: Vec::new(), armed: Vec::new() };
    let moments = quiet.run().unwrap().moments;
    let enqueued = moments.iter().position(|moment| moment == "store enqueue: written").unwrap();
    // An old copy from every moment after the job was accepted, restored when the task ran.
    for (old, moment) in moments.iter().enumerate().skip(enqueued) {
        let (world, site, mut client) = (World::new(2), Site::new("proof-1", 2), Client::default());
        world.lock().deaths.insert(old);
        if live(&world, &site, &mut client, &scenario::ALL[0]).0 != End::Died {
            continue;
        }
        let kept = tempfile::tempdir().unwrap();
        copy(&site.store(), kept.path());
        let further = world.lock().moments.len() + 20;
        world.lock().deaths.insert(further);
        live(&world, &site, &mut client, &scenario::ALL[0]);
        world.lock().deaths.clear();
        fs::remove_dir_all(site.store()).unwrap();
        copy(kept.path(), &site.store());
        fs::set_permissions(site.store(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let (end, job, ends) = live(&world, &site, &mut client, &scenario::ALL[0]);
        let left = vm_exists(&world, &site);
        assert_eq!((end, ends, left), (End::Settled, 1, false), "restored from {moment}: {job}");
    }
}

#[test]
fn a_clock_that_is_an_hour_wrong_after_a_restart_leaves_no_vm() {
    for (hours, scenario) in
        [-1, 1].into_iter().flat_map(|hours| scenario::ALL.map(|scenario| (hours, scenario)))
    {
        let (world, mut site, mut client) = (World::new(2), Site::new("proof-1", 2), Client::default());
        world.lock().deaths.insert(25);
        let first = live(&world, &site, &mut client, &scenario);
        site.skew = SignedDuration::from_hours(hours);
        let (end, job, ends) =
            if first.0 == End::Died { live(&world, &site, &mut client, &scenario) } else { first };
        let breaches = world.lock().project.breaches.clone();
        let seen = (end, ends, vm_exists(&world, &site), breaches.is_empty());
        assert_eq!(seen, (End::Settled, 1, false, true), "{hours} h, {}: {job} {breaches:?}", scenario.name);
        assert_ne!(job, json!(null));
    }
}
