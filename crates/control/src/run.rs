//! From a command line to its end.

use std::{io::Read, path::PathBuf, process::ExitCode, sync::Arc};

use clawlets_control::{
    chat::Afterwards,
    config::{self, Document, Variables},
    faces::{self, Faces},
    reference,
    request::MAX_BODY,
    vault,
};
use tokio::runtime::{Builder, Runtime};
use tokio_util::task::TaskTracker;

use crate::{
    arguments::{Arguments, Command, Configuration, Serve},
    logging, report,
    runtime_variables::{self, RUNTIME_API},
};

/// How the program ends that was told so.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    if let Some(folder) = arguments.write_reference {
        return report::reference_is_written(reference::write(&folder));
    }
    let Some(command) = arguments.command else { return report::no_command() };
    let variables = Variables::new(std::env::vars_os().filter_map(|(name, value)| {
        // What is not UTF-8 is none of ours.
        Some((name.into_string().ok()?, value.into_string().ok()?))
    }));
    logging::start(variables.text("CONTROL_LOG").as_deref());
    match command {
        Command::Serve(serve) => self::serve(serve, &variables),
        Command::Lambda(configuration) => lambda(configuration, &variables),
        Command::Invoke(configuration) => invoke(configuration, &variables),
        Command::Check(configuration) => {
            let checked = with_faces(configuration, &variables, Afterwards::IsWaitedFor, |_, _| {
                report::config_is_valid()
            });
            checked.unwrap_or_else(|code| code)
        }
    }
}

fn serve(serve: Serve, variables: &Variables) -> ExitCode {
    let tasks = TaskTracker::new();
    let afterwards = Afterwards::GoesOn(tasks.clone());
    let served = with_faces(serve.configuration, variables, afterwards, |runtime, faces| {
        let faces = Arc::new(faces);
        let serving = faces::serve(&serve.listen, faces, tasks, report::listening);
        report::served(runtime.block_on(serving))
    });
    served.unwrap_or_else(|code| code)
}

fn lambda(configuration: Configuration, variables: &Variables) -> ExitCode {
    if variables.get(RUNTIME_API).is_none() {
        return report::no_runtime_api();
    }
    if let Some(error) = runtime_variables::complete(variables) {
        return report::io_error("start again with the variables of a function", &error);
    }
    let ended = with_faces(configuration, variables, Afterwards::IsWaitedFor, |runtime, faces| {
        report::lambda_ended(runtime.block_on(faces::lambda(Arc::new(faces))))
    });
    ended.unwrap_or_else(|code| code)
}

fn invoke(configuration: Configuration, variables: &Variables) -> ExitCode {
    let mut body = Vec::new();
    if let Err(error) = std::io::stdin().take(MAX_BODY as u64 + 1).read_to_end(&mut body) {
        return report::io_error("read the request from standard input", &error);
    }
    let done = with_faces(configuration, variables, Afterwards::IsWaitedFor, |runtime, faces| {
        report::direct(&runtime.block_on(faces::invoke(&faces.control, &body)))
    });
    done.unwrap_or_else(|code| code)
}

/// Builds what is configured and does something with it. One thread is enough: it waits more than it computes.
fn with_faces(
    configuration: Configuration,
    variables: &Variables,
    afterwards: Afterwards,
    act: impl FnOnce(Runtime, Faces) -> ExitCode,
) -> Result<ExitCode, ExitCode> {
    let document = configuration.config.map_or_else(|| Ok(Document::default()), |path| config::load(&path));
    let document = document.map_err(|error| report::config_error(&error))?;
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| report::io_error("start the asynchronous runtime", &error))?;
    let variables = runtime.block_on(vault::unlock(variables.clone()));
    let variables = variables.map_err(|why| report::no_secrets(&why))?;
    let faces = {
        let _inside = runtime.enter();
        config::build(document, &variables, &state_folder(&variables), afterwards)
    };
    let faces = faces.map_err(|error| report::build_error(&error))?;
    Ok(act(runtime, faces))
}

/// Where this machine keeps state, as for every program of ours. A function has the folder of temporary files only.
fn state_folder(variables: &Variables) -> PathBuf {
    let path = |name: &str| variables.text(name).map(PathBuf::from);
    if let Some(folder) = path("CLAWLETS_STATE_DIR") {
        return folder;
    }
    if variables.get(RUNTIME_API).is_some() {
        return std::env::temp_dir().join("clawlets-control");
    }
    if let Some(folder) = path("XDG_STATE_HOME") {
        return folder.join("clawlets");
    }
    match path("HOME") {
        Some(home) if home != std::path::Path::new("/root") => home.join(".local/state/clawlets"),
        Some(_) | None => PathBuf::from("/var/lib/clawlets"),
    }
}
