//! The progress of one step of a long operation.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{Form, Printer, spinner_line};

/// A step that runs. On a terminal it spins; when it ends it stays as one line with its time.
///
/// Dropped without an end, it leaves nothing: the fault that follows says what happened.
pub struct Step<'a> {
    printer: &'a Printer,
    name: String,
    bar: Option<ProgressBar>,
    begun: Instant,
}

impl<'a> Step<'a> {
    pub(crate) fn begin(printer: &'a Printer, name: &str) -> Self {
        let is_watched = printer.is_terminal() && printer.form() == Form::Text;
        let bar = is_watched.then(spinner_line::target).flatten().map(|target| {
            let style = ProgressStyle::with_template("{spinner} {msg} {elapsed:.dim}")
                .expect("the template holds only known keys");
            let bar =
                ProgressBar::with_draw_target(None, target).with_style(style).with_message(name.to_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { printer, name: name.to_owned(), bar, begun: Instant::now() }
    }

    /// Says what the step is doing now.
    pub fn update(&self, detail: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{}: {detail}", self.name));
        }
    }

    /// Prints a line above the progress.
    pub fn note(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.printer.note(line)),
            None => self.printer.note(line),
        }
    }

    /// Ends the step with a line that names it, what came of it, and how long it took.
    pub fn done(self, outcome: &str) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let seconds = self.begun.elapsed().as_secs_f64();
        let separator = if outcome.is_empty() { "" } else { ": " };
        self.printer.note(format!("  {}{separator}{outcome}  {seconds:.1} s", self.name));
    }
}

impl Drop for Step<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
