//! Reading many items, in the order of their keys.

use serde_json::{Map, Value, json};

use super::{
    DynamoDb, Expression, Item,
    attribute::{item_of_json, item_to_json},
};
use crate::AwsError;

/// Which items are read: those of one first key. Reads see every write that ended before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The table.
    pub table: String,
    /// What is true of their keys, such as `#pk = :pk AND begins_with(#sk, :sk)`.
    pub keys: Expression,
}

/// Some of the items, as many as the database gives at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The items, in the order of their keys.
    pub items: Vec<Item>,
    /// The key behind which the next page begins; `None` behind the last page.
    pub next: Option<Item>,
}

impl DynamoDb {
    /// Reads the page that begins behind a key; the first one with `None`.
    ///
    /// # Errors
    /// [`AwsError`] when it cannot be said what is there.
    pub async fn query(&self, query: &Query, behind: Option<&Item>) -> Result<Page, AwsError> {
        let (text, names, values) = (&query.keys.text, &query.keys.names, &query.keys.values);
        let names: Map<_, _> = names.iter().map(|(alias, name)| (alias.clone(), json!(name))).collect();
        let values: Map<_, _> =
            values.iter().map(|(alias, value)| (alias.clone(), value.to_json())).collect();
        let mut question = json!({
            "TableName": query.table,
            "ConsistentRead": true,
            "KeyConditionExpression": text,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        });
        if let Some(key) = behind {
            question["ExclusiveStartKey"] = item_to_json(key);
        }
        let tried = format!("read from table {}", query.table);
        let answer = self.ask(&tried, "Query", &question).await?;
        let items = answer.get("Items").and_then(Value::as_array).ok_or_else(|| AwsError::Malformed {
            tried: tried.clone(),
            why: "it holds no items".to_owned(),
        })?;
        let items = items.iter().map(item_of_json).collect::<Option<Vec<_>>>();
        let items = items.ok_or_else(|| AwsError::Malformed { tried, why: "an item is none".to_owned() })?;
        Ok(Page { items, next: answer.get("LastEvaluatedKey").and_then(item_of_json) })
    }
}
