//! VMs as a table.

use clawlets_model::socket::CattleView;
use clawlets_printer::{Table, seconds};

/// VMs, one a line.
pub(super) fn vm_table(vms: &[CattleView]) -> Table {
    let dash = || "-".to_owned();
    let mut table = Table::new([
        "NAME",
        "SERVER",
        "STATUS",
        "JOB",
        "PERSONA",
        "TASK",
        "REQUESTER",
        "AGE",
        "LEFT",
        "COST",
    ]);
    for vm in vms {
        table.row([
            vm.name.clone(),
            vm.server_id.to_string(),
            vm.status.clone(),
            vm.job_id.map_or_else(dash, |id| id.to_string()),
            vm.persona.clone().unwrap_or_else(dash),
            vm.task_id.clone().unwrap_or_else(dash),
            vm.requester.clone().unwrap_or_else(dash),
            vm.age_seconds.map_or_else(dash, seconds),
            vm.remaining_seconds.map_or_else(dash, seconds),
            vm.cost_eur.map_or_else(dash, |cost| format!("€{cost:.4}")),
        ]);
    }
    table
}
