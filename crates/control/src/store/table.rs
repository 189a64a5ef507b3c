//! The ledger in a DynamoDB table, for a function without a disk. The table's key is made of
//! the texts `pk` and `sk`.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use clawlets_aws::{Attribute, Aws, DynamoDb, Expression, GetItem, Item, PutItem, Written};
use clawlets_model::cause::chain;

use super::{LedgerStore, StoreError, Versioned, read, write};
use crate::{late::Late, ledger::Ledger};

/// The key of the item that holds the ledger.
const KEY: (&str, &str) = ("control", "ledger");

/// A ledger in a table.
pub struct TableStore {
    /// The account.
    pub aws: Arc<Late<Aws>>,
    /// The table.
    pub table: String,
}

impl TableStore {
    fn database(&self) -> Result<DynamoDb, StoreError> {
        let aws = self.aws.get().map_err(|error| StoreError::Table(error.to_string()))?;
        Ok(aws.dynamodb())
    }
}

fn key() -> Item {
    Item::from([("pk".to_owned(), Attribute::text(KEY.0)), ("sk".to_owned(), Attribute::text(KEY.1))])
}

#[async_trait]
impl LedgerStore for TableStore {
    async fn load(&self) -> Result<Versioned, StoreError> {
        let get = GetItem { table: self.table.clone(), key: key() };
        let item = self.database()?.get(&get).await.map_err(|error| StoreError::Table(chain(&error)))?;
        let Some(item) = item else { return Ok(Versioned::default()) };
        let version = item.get("version").and_then(Attribute::as_number);
        let version = version.and_then(|version| u64::try_from(version).ok()).ok_or(StoreError::Damaged)?;
        let document = item.get("document").and_then(Attribute::as_text).ok_or(StoreError::Damaged)?;
        Ok(Versioned { version, ledger: Arc::new(read(document)?) })
    }

    async fn replace(&self, version: u64, ledger: Arc<Ledger>) -> Result<bool, StoreError> {
        let number =
            |number: u64| i64::try_from(number).map(Attribute::number).map_err(|_| StoreError::Damaged);
        let mut item = key();
        item.insert("version".to_owned(), number(version + 1)?);
        item.insert("document".to_owned(), Attribute::Text(write(&ledger)));
        let condition = if version == 0 {
            Expression::new("attribute_not_exists(#pk)").name("#pk", "pk")
        } else {
            Expression::new("#version = :read").name("#version", "version").value(":read", number(version)?)
        };
        let put = PutItem { table: self.table.clone(), item: item.clone(), condition: Some(condition) };
        let written = self.database()?.put(&put).await.map_err(|error| StoreError::Table(chain(&error)))?;
        Ok(match written {
            Written::Done { .. } => true,
            // A try of ours whose answer was lost wrote exactly this.
            Written::ConditionFailed { existing, after_doubt } => after_doubt && existing == Some(item),
        })
    }
}

impl fmt::Debug for TableStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableStore").field("table", &self.table).finish_non_exhaustive()
    }
}
