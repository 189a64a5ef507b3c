//! An examination that can be interrupted.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use clawlets_doctor::{Report, Scope, Subject, Wanted, examine};
use clawlets_printer::{Fault, FaultCode, Step};
use clawlets_verbs::Interrupt;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::machine::ThisMachine;
use crate::fleet_file::Project;

/// How long a program that was started for a check may take to end when it is told to.
const FAREWELL: Duration = Duration::from_secs(3);

/// Which checks are wanted.
pub(crate) enum Selection {
    /// Those of these scopes.
    Scopes(Vec<Scope>),
    /// Those of these ids.
    Ids(Vec<&'static str>),
}

/// Runs checks of a project in a thread of their own, since they wait for programs and servers; the step tells which.
///
/// # Errors
/// A fault when the operator interrupts. What a check had started has ended by then.
pub(crate) async fn look(
    project: &Project,
    selection: Selection,
    step: &Step<'_>,
    interrupt: &mut Interrupt,
) -> Result<Report, Fault> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let (begun, mut begins) = mpsc::unbounded_channel();
    let (told, mut report) = oneshot::channel();
    let (project, flag) = (project.clone(), Arc::clone(&interrupted));
    thread::spawn(move || {
        let machine = ThisMachine::around(&project, flag);
        let (root, config) = (project.root().to_owned(), project.config().to_owned());
        let subject = Subject::new(root, config, project.runtime(), &machine);
        let wanted = match &selection {
            Selection::Scopes(scopes) => Wanted::Scopes(scopes),
            Selection::Ids(ids) => Wanted::Ids(ids),
        };
        // Whoever was interrupted does not listen any more.
        let report = examine(&subject, wanted, |id| {
            let _ = begun.send(id);
        });
        drop(told.send(report));
    });
    loop {
        tokio::select! {
            Some(id) = begins.recv() => step.update(id),
            report = &mut report => {
                return report.map_err(|_| Fault::new(FaultCode::Io, "a check ended without an answer"));
            }
            () = interrupt.came() => {
                interrupted.store(true, Ordering::Relaxed);
                let _ = timeout(FAREWELL, &mut report).await;
                return Err(Fault::new(FaultCode::Interrupted, "you interrupted before every check was made")
                    .hint("run the same command again"));
            }
        }
    }
}
