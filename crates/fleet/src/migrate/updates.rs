//! How hosts update themselves.

use super::{
    edit::{Editor, find_mut, is_blank, keys, put, put_back, take},
    hosts::{has, listed},
};
use crate::{
    json::{Node, Value},
    value::systemd_span,
};

/// Single values became lists, and the unit to check a list among the checks of health.
pub(super) fn update(tree: &mut Node, editor: &mut Editor) {
    for host in keys(tree, &["hosts"]) {
        let of_host = ["hosts", host.as_str(), "selfUpdate"];
        if find_mut(tree, &of_host).is_none() {
            continue;
        }
        for (from, to) in [("baseUrl", "baseUrls"), ("manifestUrl", "baseUrls"), ("publicKey", "publicKeys")]
        {
            to_list(tree, &of_host, from, to, editor);
        }
        let signature = ["hosts", host.as_str(), "selfUpdate", "signatureUrl"];
        if let Some(node) = take(tree, &signature) {
            let what = "removed: a signature lies beside what it signs";
            editor.done(&signature, node.byte(), format!("{}: {what}", signature.join(".")));
        }
        health(tree, &host, editor);
        interval(tree, &host, editor);
    }
}

fn to_list(tree: &mut Node, of_host: &[&str], from: &str, to: &str, editor: &mut Editor) {
    let old: Vec<_> = of_host.iter().copied().chain([from]).collect();
    let Some(taken) = take(tree, &old) else { return };
    let byte = taken.byte();
    let shown = old.join(".");
    if has(tree, of_host, to) {
        editor.done(&old, byte, format!("{shown}: removed, since {to} is set"));
        return;
    }
    let target: Vec<_> = of_host.iter().copied().chain([to]).collect();
    take(tree, &target);
    if !is_blank(&taken.node) {
        editor.done(&old, byte, format!("{shown}: became an entry of {to}"));
        let _ = put(tree, of_host, to, taken.map(listed));
    } else {
        editor.done(&old, byte, format!("{shown}: removed, since it was empty"));
    }
}

fn health(tree: &mut Node, host: &str, editor: &mut Editor) {
    let old = ["hosts", host, "selfUpdate", "healthCheckUnit"];
    let Some(taken) = take(tree, &old) else { return };
    let byte = taken.byte();
    let shown = old.join(".");
    if is_blank(&taken.node) {
        editor.done(&old, byte, format!("{shown}: removed, since it was empty"));
    } else if let Err(list) = put(tree, &["hosts", host, "selfUpdate", "health"], "units", taken.map(listed))
    {
        // Both are there: the reader points at the old one.
        put_back(tree, old[3], list);
    } else {
        editor.done(&old, byte, format!("{shown}: became an entry of health.units"));
    }
}

/// Durations have one unit now: `30min` is `30m`.
fn interval(tree: &mut Node, host: &str, editor: &mut Editor) {
    let path = ["hosts", host, "selfUpdate", "interval"];
    let Some(node) = find_mut(tree, &path) else { return };
    let Some(old) = node.text().map(str::to_owned) else { return };
    if crate::Period::parse(&old).is_ok() {
        return;
    }
    if let Some(new) = systemd_span(&old) {
        editor.done(&path, node.span.start, format!("{}: {old} became {new}", path.join(".")));
        node.value = Value::Text(new);
    }
}
