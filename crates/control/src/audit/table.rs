//! The log in a DynamoDB table: an item for each line, written only where there is none, so that two servers make one
//! chain. An item more says how far it is, so that nobody reads it from its beginning each time.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use clawlets_audit::{
    Entry, Head,
    table::{HEAD, LINE, LOG, MARKER, line_id},
};
use clawlets_aws::{Attribute, Aws, DynamoDb, Expression, GetItem, Item, PutItem, Written};
use clawlets_model::cause::chain;

use super::{AuditLog, NotLogged};
use crate::late::Late;

/// How often a line is tried anew because another server wrote one.
const TRIES: u32 = 20;

/// A log in a table.
pub struct AuditTable {
    aws: Arc<Late<Aws>>,
    table: String,
    /// The head, as far as this server knows.
    head: tokio::sync::Mutex<Option<Head>>,
}

fn key(second: &str) -> Item {
    Item::from([("pk".to_owned(), Attribute::text(LOG)), ("sk".to_owned(), Attribute::text(second))])
}

impl AuditTable {
    /// The log in this table.
    #[must_use]
    pub fn new(aws: Arc<Late<Aws>>, table: String) -> Self {
        Self { aws, table, head: tokio::sync::Mutex::default() }
    }

    fn database(&self) -> Result<DynamoDb, NotLogged> {
        Ok(self.aws.get().map_err(|error| NotLogged::Table(error.to_string()))?.dynamodb())
    }

    async fn text(&self, second: &str, name: &str) -> Result<Option<String>, NotLogged> {
        let get = GetItem { table: self.table.clone(), key: key(second) };
        let item = self.database()?.get(&get).await.map_err(|error| NotLogged::Table(chain(&error)))?;
        Ok(item.and_then(|item| item.get(name).and_then(Attribute::as_text).map(str::to_owned)))
    }

    /// The head as the table has it: from the marker on, line by line.
    async fn newest(&self, known: Option<Head>) -> Result<Head, NotLogged> {
        let mut head = match known {
            Some(head) => head,
            None => self.marked().await?,
        };
        while let Some(line) = self.text(&line_id(head.seq + 1), LINE).await? {
            head = head.follow(line.trim_end().as_bytes()).map_err(|_| NotLogged::Broken(head.seq + 1))?;
        }
        Ok(head)
    }

    /// How far the log was when somebody said so last. The line that was the last one then is still there.
    async fn marked(&self) -> Result<Head, NotLogged> {
        let Some(text) = self.text(MARKER, HEAD).await? else { return Ok(Head::default()) };
        let head = Head::parse(&text).map_err(|_| NotLogged::Broken(0))?;
        let line = self.text(&line_id(head.seq), LINE).await?;
        let is_there = line.is_some_and(|line| head.is_behind(line.trim_end().as_bytes()));
        if is_there { Ok(head) } else { Err(NotLogged::Broken(head.seq)) }
    }

    /// Writes a line where there is none. Answers whether it was written.
    async fn write(&self, seq: u64, line: &str) -> Result<bool, NotLogged> {
        let mut item = key(&line_id(seq));
        item.insert(LINE.to_owned(), Attribute::text(line));
        let condition = Expression::new("attribute_not_exists(#pk)").name("#pk", "pk");
        let put = PutItem { table: self.table.clone(), item: item.clone(), condition: Some(condition) };
        let written = self.database()?.put(&put).await.map_err(|error| NotLogged::Table(chain(&error)))?;
        Ok(match written {
            Written::Done { .. } => true,
            Written::ConditionFailed { existing, after_doubt } => after_doubt && existing == Some(item),
        })
    }

    async fn mark(&self, head: Head) {
        let mut item = key(MARKER);
        item.insert(HEAD.to_owned(), Attribute::Text(head.to_string()));
        let put = PutItem { table: self.table.clone(), item, condition: None };
        // One that lags costs the next server a few reads more.
        if let Ok(database) = self.database() {
            let _ = database.put(&put).await;
        }
    }
}

#[async_trait]
impl AuditLog for AuditTable {
    /// What was published is not looked for: lines are never overwritten, and only whoever may delete items of the table
    /// could take one out, which the marker then shows.
    async fn append(&self, entry: Entry, _published: Option<String>) -> Result<Head, NotLogged> {
        let mut known = self.head.lock().await;
        for _ in 0..TRIES {
            let head = match *known {
                Some(head) => head,
                None => self.newest(None).await?,
            };
            let (line, next) = head.append(&entry);
            if self.write(next.seq, &line).await? {
                *known = Some(next);
                self.mark(next).await;
                return Ok(next);
            }
            *known = Some(self.newest(Some(head)).await?);
        }
        Err(NotLogged::Contended)
    }
}

impl fmt::Debug for AuditTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditTable").field("table", &self.table).finish_non_exhaustive()
    }
}
