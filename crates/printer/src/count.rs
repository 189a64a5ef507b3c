//! Numbers of things, for people.

/// A number and the thing that it counts: `1 VM`, `2 VMs`.
#[must_use]
pub fn count(number: usize, thing: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        assert_eq!([0, 1, 2].map(|number| count(number, "VM")), ["0 VMs", "1 VM", "2 VMs"]);
    }
}
