//! The form in which an area writes its codes down.

/// A table of codes: each with its text, how a program ends that meets it, what it means, and what to do about it.
///
/// Every row becomes a constant of `FaultCode`; `CODES` are all rows of the table, in their order.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $exit:ident, $meaning:literal, $remedy:literal;)+) => {
        #[expect(non_upper_case_globals, reason = "a code is used, and reads, like the variant of an enum")]
        impl $crate::FaultCode {
            $(
                $(#[$doc])*
                pub const $name: Self = Self(&super::fault_code::Entry {
                    text: $text,
                    exit: clawlets_model::ExitCode::$exit,
                    meaning: $meaning,
                    remedy: $remedy,
                });
            )+
        }

        pub(super) const CODES: &[$crate::FaultCode] = &[$($crate::FaultCode::$name),+];
    };
}

pub(super) use codes;
