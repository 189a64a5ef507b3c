//! Whether a new instance does its work.
//!
//! The instance must run, from its image, and be the only one of its host: a second one would log in as the same bot. Where
//! the host's own status can be seen, it must be good too.

use clawlets_fleet::AmiId;

use crate::InstanceId;

/// An instance as AWS describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Its id.
    pub instance: InstanceId,
    /// Its image.
    pub image: Option<AmiId>,
    /// What it does.
    pub power: Power,
}

/// What an instance does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// It is coming up.
    Pending,
    /// It runs.
    Running,
    /// It has stopped, or is about to.
    Stopped,
    /// It is gone, or is about to be.
    Gone,
}

impl Power {
    /// Reads the name of a state. One that nobody knows counts as coming up, which the deadline ends.
    #[must_use]
    pub fn of_state(name: &str) -> Self {
        match name {
            "running" => Self::Running,
            "stopping" | "stopped" => Self::Stopped,
            "shutting-down" | "terminated" => Self::Gone,
            _ => Self::Pending,
        }
    }
}

/// What the host says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// Nobody is there to be asked: the fleet has no control API.
    NotAsked,
    /// Nothing yet, or something about an instance before this one.
    Nothing,
    /// It is well.
    Good,
    /// It is not, with its words.
    Bad(String),
}

/// What is to be done about a new instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It does its work.
    Ready,
    /// It may still come to do so. With what is missing.
    Wait(String),
    /// It never will. With why.
    Lost(String),
}

/// Judges a new instance by every instance that bears the name of its host.
#[must_use]
pub fn judge(instance: &InstanceId, image: &AmiId, seen: &[Sighting], report: &Report) -> Judgement {
    if let Some(other) = strays(seen, Some(instance)).first() {
        return Judgement::Lost(format!("instance {other} of the same host runs besides"));
    }
    let Some(sighting) = seen.iter().find(|sighting| sighting.instance == *instance) else {
        return Judgement::Wait("AWS does not list it yet".to_owned());
    };
    match sighting.power {
        Power::Pending => return Judgement::Wait("it is starting".to_owned()),
        Power::Stopped => return Judgement::Lost("it has stopped".to_owned()),
        Power::Gone => return Judgement::Lost("it was terminated".to_owned()),
        Power::Running => {}
    }
    if sighting.image.as_ref() != Some(image) {
        return Judgement::Lost(format!("it did not start from {image}"));
    }
    match report {
        Report::NotAsked | Report::Good => Judgement::Ready,
        Report::Nothing => Judgement::Wait("the host has not said anything yet".to_owned()),
        Report::Bad(words) => Judgement::Wait(format!("the host says that it is not well: {words}")),
    }
}

/// The instances of a host that live besides the one that is known.
#[must_use]
pub fn strays<'s>(seen: &'s [Sighting], known: Option<&InstanceId>) -> Vec<&'s InstanceId> {
    let living = seen.iter().filter(|sighting| sighting.power != Power::Gone);
    living.map(|sighting| &sighting.instance).filter(|instance| Some(*instance) != known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(id: &str, image: &str, state: &str) -> Sighting {
        Sighting {
            instance: InstanceId::parse(id).unwrap(),
            image: AmiId::parse(image).ok(),
            power: Power::of_state(state),
        }
    }

    const ID: &str = "i-00000001";
    const OTHER: &str = "i-00000002";
    const IMAGE: &str = "ami-00000001";

    fn word(seen: &[Sighting], report: &Report) -> &'static str {
        let (id, image) = (InstanceId::parse(ID).unwrap(), AmiId::parse(IMAGE).unwrap());
        match judge(&id, &image, seen, report) {
            Judgement::Ready => "ready",
            Judgement::Wait(_) => "wait",
            Judgement::Lost(_) => "lost",
        }
    }

    #[test]
    fn an_instance_is_judged_by_what_aws_and_the_host_say() {
        let cases: [(&[Sighting], Report, &str); 11] = [
            (&[], Report::Good, "wait"),
            (&[seen(ID, IMAGE, "pending")], Report::Good, "wait"),
            (&[seen(ID, IMAGE, "running")], Report::Good, "ready"),
            (&[seen(ID, IMAGE, "running")], Report::NotAsked, "ready"),
            (&[seen(ID, IMAGE, "running")], Report::Nothing, "wait"),
            (&[seen(ID, IMAGE, "running")], Report::Bad("disk".into()), "wait"),
            (&[seen(ID, "ami-00000002", "running")], Report::Good, "lost"),
            (&[seen(ID, IMAGE, "stopped")], Report::Good, "lost"),
            (&[seen(ID, IMAGE, "shutting-down")], Report::Good, "lost"),
            (&[seen(ID, IMAGE, "running"), seen(OTHER, IMAGE, "terminated")], Report::Good, "ready"),
            (&[seen(ID, IMAGE, "running"), seen(OTHER, IMAGE, "running")], Report::Good, "lost"),
        ];
        for (at, (seen, report, expected)) in cases.iter().enumerate() {
            assert_eq!(word(seen, report), *expected, "case {at}");
        }
    }
}
