//! Does what the machine says, and tells it what came of it.

use clawlets_model::HostName;
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_rollout::{
    deploy::{Action, Event, Extent, Machine},
    plan::{Order, Verdict, judge},
};
use clawlets_verbs::Interrupt;

use super::{
    fault::{of_receipts, of_refusal, of_tofu},
    start::Start,
};
use crate::aws::of_aws;

/// Runs a deploy until this run of it is over.
pub(super) async fn walk(start: &mut Start, printer: &Printer) -> Result<Machine, Fault> {
    let mut interrupt = Interrupt::listen()?;
    let stop = start.stop.clone();
    let listener = tokio::spawn(async move {
        interrupt.came().await;
        stop.send_replace(true);
    });
    let walked = steps(start, printer).await;
    listener.abort();
    walked?;
    Ok(start.machine.clone())
}

async fn steps(start: &mut Start, printer: &Printer) -> Result<(), Fault> {
    let mut saved = None;
    loop {
        if start.extent == Extent::Whole && saved.as_ref() != Some(start.machine.record()) {
            start.receipts.save(start.machine.record()).map_err(|error| of_receipts(&error))?;
            saved = Some(start.machine.record().clone());
        }
        let event = match start.machine.next() {
            Action::End(_) => return Ok(()),
            Action::Look => look(start).await,
            Action::Survey(order) => plan(start, &order, "Look at the plan for", printer).await,
            Action::Plan(order) => plan(start, &order, "Plan for", printer).await,
            Action::Apply(order) => apply(start, &order, printer).await,
            Action::Watch(order, instance) => {
                let step = printer.step(&format!("Wait for {}", order.host));
                let mut stopped = start.stop.subscribe();
                let watched = tokio::select! {
                    watched = start.eyes.watch(&order, &instance, |missing| step.update(missing)) => watched,
                    _ = stopped.wait_for(|stop| *stop) => Err(String::new()),
                };
                match watched {
                    Ok(()) => {
                        step.done(&format!("{instance} is healthy"));
                        Event::Healthy
                    }
                    Err(why) => Event::Failed(why),
                }
            }
        };
        let event = if *start.stop.borrow() { Event::Interrupted } else { event };
        start.machine.on(event).expect("what is answered is what was asked");
    }
}

/// What stands, by the state and by AWS.
async fn look(start: &mut Start) -> Event {
    let hosts: Vec<HostName> = start.machine.record().hosts.iter().map(|host| host.host.clone()).collect();
    let standing = match start.tofu.instances().await {
        Ok(standing) => standing,
        Err(error) => return failed(start, of_tofu(&error)),
    };
    match start.eyes.living(&hosts).await {
        Ok(living) => Event::Found { standing, living },
        Err(error) => failed(start, of_aws(&error)),
    }
}

/// Plans for a host, and judges the plan.
async fn plan(start: &mut Start, order: &Order, what: &str, printer: &Printer) -> Event {
    let step = printer.step(&format!("{what} {}", order.host));
    let plan = match start.tofu.plan(order).await {
        Ok(plan) => plan,
        Err(error) => return failed(start, of_tofu(&error)),
    };
    match judge(&plan, order) {
        Ok(verdict) => {
            step.done(&words(&verdict));
            Event::Allowed(verdict)
        }
        Err(refused) => failed(start, of_refusal(&refused)),
    }
}

async fn apply(start: &mut Start, order: &Order, printer: &Printer) -> Event {
    let step = printer.step(&format!("Replace {}", order.host));
    match start.tofu.apply().await {
        Ok(()) => {
            step.done(order.image.as_str());
            Event::Applied
        }
        Err(error) => failed(start, of_tofu(&error)),
    }
}

/// A failure that keeps its code and its hint for the end.
fn failed(start: &mut Start, fault: Fault) -> Event {
    let causes = fault.causes().join("; ");
    let why =
        if causes.is_empty() { fault.message().to_owned() } else { format!("{}: {causes}", fault.message()) };
    start.failure = (fault.code() != FaultCode::Interrupted).then_some(fault);
    Event::Failed(why)
}

/// What a plan does, in words.
pub(super) fn words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Create => "makes its first instance".to_owned(),
        Verdict::Replace { from: Some(from) } => format!("replaces {from}"),
        Verdict::Replace { from: None } => "replaces its instance".to_owned(),
    }
}
