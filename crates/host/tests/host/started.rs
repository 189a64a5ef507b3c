//! A program that was started. It ends with the test, however that ends.

use std::{
    ops::{Deref, DerefMut},
    process::Child,
};

pub(crate) struct Started(pub(crate) Child);

impl Deref for Started {
    type Target = Child;
    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Started {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
