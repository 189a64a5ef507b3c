//! `scripted-model KEY-FILE ANSWER`: serves a scripted language model on loopback until standard input ends, and prints
//! its address first.
#![expect(clippy::print_stdout, reason = "its one line of output is its address")]

use std::{env, error::Error, fs, io};

use clawlets_tests::ModelServer;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(key_file), Some(answer)) = (arguments.next(), arguments.next()) else {
        return Err("usage: scripted-model KEY-FILE ANSWER".into());
    };
    let server = ModelServer::start(fs::read_to_string(key_file)?.trim(), &answer)?;
    println!("{}", server.address());
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
