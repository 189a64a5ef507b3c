//! What somebody on this host decides while an updater may be at work: each order is a file, which the next updater that
//! looks carries out.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
};

use clawlets_release::{
    update::Command,
    value::{Epoch, Order, ReleaseId},
};
use jiff::Timestamp;

use super::atomic;

/// The folder of orders.
#[derive(Debug, Clone)]
pub struct Orders {
    folder: PathBuf,
}

impl Orders {
    /// The orders in a folder, which need not be there yet.
    #[must_use]
    pub const fn of(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Leaves an order; the file that it is until it was carried out.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn leave(&self, command: Command) -> io::Result<PathBuf> {
        let name = format!("{:020}-{}", Timestamp::now().as_nanosecond(), process::id());
        let path = self.folder.join(name);
        atomic::replace(&path, text(command).as_bytes())?;
        Ok(path)
    }

    /// Whether there are any.
    #[must_use]
    pub fn are_there(&self) -> bool {
        !self.files().is_empty()
    }

    /// All of them, the oldest first. What is no order is left out.
    #[must_use]
    pub fn all(&self) -> Vec<(PathBuf, Option<Command>)> {
        let read = |path: PathBuf| {
            let command = fs::read_to_string(&path).ok().and_then(|text| command(&text));
            (path, command)
        };
        self.files().into_iter().map(read).collect()
    }

    /// An order was carried out.
    pub fn is_done(path: &Path) {
        // One that stays is carried out again, which changes nothing.
        let _ = fs::remove_file(path);
    }

    fn files(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let is_order = |path: &PathBuf| {
            path.file_name()
                .is_some_and(|name| name.as_encoded_bytes().first().is_some_and(u8::is_ascii_digit))
        };
        let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(is_order).collect();
        files.sort();
        files
    }
}

fn text(command: Command) -> String {
    match command {
        Command::Pause => "pause".to_owned(),
        Command::Resume => "resume".to_owned(),
        Command::Pin(order) => format!("pin {order}"),
        Command::Skip(order) => format!("skip {order}"),
    }
}

fn command(text: &str) -> Option<Command> {
    match text.split_once(' ') {
        None if text == "pause" => Some(Command::Pause),
        None if text == "resume" => Some(Command::Resume),
        Some(("pin", order)) => read_order(order, None).map(Command::Pin),
        Some(("skip", order)) => read_order(order, None).map(Command::Skip),
        Some(_) | None => None,
    }
}

/// Reads the place of a release: `epoch/number`, or the number alone where an epoch is known.
#[must_use]
pub fn read_order(text: &str, known: Option<Epoch>) -> Option<Order> {
    let (epoch, id) = match text.split_once('/') {
        Some((epoch, id)) => (epoch.parse().ok()?, id),
        None => (known?, text),
    };
    Some(Order { epoch, release_id: id.parse::<ReleaseId>().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_as_they_were_left_and_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let orders = Orders::of(folder.path().join("orders"));
        assert!(!orders.are_there());
        let order = read_order("2/7", None).unwrap();
        let left = [Command::Pause, Command::Pin(order), Command::Skip(order), Command::Resume];
        for command in left {
            orders.leave(command).unwrap();
        }
        let found = orders.all();
        assert_eq!(found.iter().map(|(_, command)| command.unwrap()).collect::<Vec<_>>(), left);
        found.iter().for_each(|(path, _)| Orders::is_done(path));
        assert!(!orders.are_there());
    }

    #[test]
    fn a_number_alone_needs_a_known_epoch() {
        assert_eq!(read_order("7", None), None);
        assert_eq!(read_order("7", Some(Epoch::default())).unwrap().to_string(), "0/7");
        assert_eq!(read_order("0/0", None), None);
    }
}
