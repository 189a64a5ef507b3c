//! Being told to end, and starting again as somebody else.

use std::sync::{Arc, atomic::AtomicBool};

use clawlets_printer::{Fault, FaultCode};
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag,
};

/// Set when this process is told to end.
pub(in crate::commands) fn terminated() -> Result<Arc<AtomicBool>, Fault> {
    let told = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        flag::register(signal, Arc::clone(&told))
            .map_err(|error| Fault::new(FaultCode::Io, "failed to listen for signals").because(&error))?;
    }
    Ok(told)
}

/// This program, as the one that carries out a switch.
pub(super) fn switcher() -> Result<Vec<String>, Fault> {
    let program = std::env::current_exe()
        .map_err(|error| Fault::new(FaultCode::Io, "failed to find this program").because(&error))?;
    Ok(vec![program.display().to_string(), "switch".to_owned()])
}
