//! Items of tables, written under conditions: enough for a lease, for keys that may be used once, for the head of a log.

mod attribute;
mod client;
mod expression;
mod query;

pub use attribute::{Attribute, Item};
pub use client::{DeleteItem, DynamoDb, GetItem, PutItem, UpdateItem, Written};
pub use expression::Expression;
pub use query::{Page, Query};
