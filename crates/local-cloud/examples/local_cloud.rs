//! A whole local cloud in one small program: what a command line around this library comes down to.
//!
//! ```text
//! local_cloud image INIT CACHE          build the system image with INIT as the guest program
//! local_cloud serve STATE CACHE [QEMU [POOL]]
//!                                       serve until SIGTERM or SIGINT; guests run on
//! local_cloud status STATE              say what there is
//! local_cloud down STATE                end the daemon and every guest
//! local_cloud shim SPEC                 what `serve` runs for each guest
//! ```

use std::{
    error::Error,
    ffi::OsString,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clawlets_local_cloud::{
    AcceleratorChoice, Config, Copies, ImageRequest, PoolSize, build_image, down, serve, shim, status,
};
use tokio::signal::unix::{SignalKind, signal};

#[expect(clippy::print_stderr, reason = "this is a program, and says why it failed")]
fn main() -> ExitCode {
    match run(&std::env::args_os().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is a program, and prints what it was asked for")]
fn run(arguments: &[OsString]) -> Result<(), Box<dyn Error>> {
    let paths: Vec<PathBuf> = arguments.iter().skip(1).map(PathBuf::from).collect();
    match (arguments.first().and_then(|verb| verb.to_str()), paths.as_slice()) {
        // First, since a shim must start before there is a second thread.
        (Some("shim"), [spec]) => Ok(shim::run(spec)?),
        (Some("image"), [init, cache]) => {
            let request = ImageRequest::new(init.clone(), cache.clone());
            let image = build_image(&request, &mut |step| println!("{step:?}"))?;
            println!("{}", image.digest);
            Ok(())
        }
        (Some("serve"), [state, cache, more @ ..]) => serve_until_told(state, cache, more),
        (Some("status"), [state]) => {
            println!("{:#?}", status(state)?);
            Ok(())
        }
        (Some("down"), [state]) => {
            println!("{:?}", down(state)?);
            Ok(())
        }
        _ => Err("usage: local_cloud image|serve|status|down|shim …".into()),
    }
}

fn serve_until_told(state: &Path, cache: &Path, more: &[PathBuf]) -> Result<(), Box<dyn Error>> {
    let program = std::env::current_exe()?;
    let shim_command = vec![program.into_os_string(), OsString::from("shim")];
    let mut config = Config::new(state.to_path_buf(), cache.to_path_buf(), shim_command);
    if let Some(pool) = more.get(1).and_then(|pool| pool.to_str()) {
        config.copies = Copies::FromTemplates(PoolSize::Fixed(pool.parse()?));
    }
    if let Some(qemu) = more.first() {
        config.guest.qemu.clone_from(qemu);
        config.guest.accelerator = AcceleratorChoice::Emulate;
    }
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let told = async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        Ok(serve(config, told).await?)
    })
}
