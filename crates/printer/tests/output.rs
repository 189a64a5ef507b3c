//! What people and programs see.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer};

#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no test panics while it writes").clone())
            .expect("output is text")
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no test panics while it writes").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn printer(form: Form) -> (Printer, Page, Page) {
    let (out, talk) = (Page::default(), Page::default());
    (Printer::on(form, Box::new(out.clone()), Box::new(talk.clone())), out, talk)
}

fn fault() -> Fault {
    let cause = std::io::Error::other("connection refused");
    Fault::new(FaultCode::SocketUnreachable, "cannot reach the orchestrator").because(&cause).hint("start it")
}

fn plain(text: &str) -> String {
    let stripped = anstream::adapter::strip_str(text);
    stripped.to_string()
}

#[test]
fn a_fault_for_people_has_its_causes_a_hint_and_a_code() {
    let (printer, out, talk) = printer(Form::Text);
    assert_eq!(printer.fault(&fault()), ExitCode::Unreachable);
    assert_eq!(out.text(), "");
    assert_eq!(
        plain(&talk.text()),
        "error: cannot reach the orchestrator\n  caused by: connection refused\n  hint: start it\n  code: clawlets::socket::unreachable\n"
    );
}

#[test]
fn a_fault_for_programs_is_one_document_on_standard_error() {
    let (printer, out, talk) = printer(Form::Json);
    printer.fault(&fault());
    assert_eq!(out.text(), "");
    let document: serde_json::Value = serde_json::from_str(&talk.text()).unwrap();
    assert_eq!(document["error"]["code"], "clawlets::socket::unreachable");
    assert_eq!(document["error"]["causes"][0], "connection refused");
}

#[test]
fn a_step_that_ends_stays_as_one_line_and_data_stays_apart() {
    let (printer, out, talk) = printer(Form::Text);
    printer.step("Boot VM").done("cattle-rex");
    printer.data("42");
    assert_eq!(out.text(), "42\n");
    assert!(
        talk.text().starts_with("  Boot VM: cattle-rex  ") && talk.text().ends_with(" s\n"),
        "{}",
        talk.text()
    );
}
