//! The calls.

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{
    Expression, Item,
    attribute::{item_of_json, item_to_json},
};
use crate::{
    Aws, AwsError,
    client::Failed,
    request::{Body, Call, Service},
};

const CONDITION_FAILED: &str = "ConditionalCheckFailedException";

/// Items of the tables of one region.
#[derive(Debug, Clone)]
pub struct DynamoDb {
    aws: Aws,
}

/// Which item is read. Reads see every write that ended before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetItem {
    /// The table.
    pub table: String,
    /// The values that make the key.
    pub key: Item,
}

/// Which item is written as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutItem {
    /// The table.
    pub table: String,
    /// The item, its key included.
    pub item: Item,
    /// What must be true of the item that is there.
    pub condition: Option<Expression>,
}

/// Which values of an item are changed. One that is not there is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateItem {
    /// The table.
    pub table: String,
    /// The values that make the key.
    pub key: Item,
    /// What is done, such as `SET #until = :until`.
    pub update: Expression,
    /// What must be true of the item that is there.
    pub condition: Option<Expression>,
}

/// Which item is deleted. One that is not there is as good as deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteItem {
    /// The table.
    pub table: String,
    /// The values that make the key.
    pub key: Item,
    /// What must be true of the item that is there.
    pub condition: Option<Expression>,
}

/// What came of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It is done.
    Done {
        /// The item as it is now; `None` unless it was updated.
        item: Option<Item>,
    },
    /// The condition is not true.
    ConditionFailed {
        /// The item that is there, if there is one and the database tells.
        existing: Option<Item>,
        /// Whether an earlier try of this very call may be what is there: its answer was lost.
        after_doubt: bool,
    },
}

impl DynamoDb {
    pub(crate) const fn new(aws: Aws) -> Self {
        Self { aws }
    }

    /// Reads an item.
    ///
    /// # Errors
    /// [`AwsError`] when it cannot be said what is there.
    pub async fn get(&self, get: &GetItem) -> Result<Option<Item>, AwsError> {
        let question =
            json!({ "TableName": get.table, "Key": item_to_json(&get.key), "ConsistentRead": true });
        let tried = format!("read from table {}", get.table);
        let answer = self.ask(&tried, "GetItem", &question).await?;
        Ok(answer.get("Item").and_then(item_of_json))
    }

    /// Writes an item as a whole.
    ///
    /// # Errors
    /// [`AwsError`] when it is not known whether it was written.
    pub async fn put(&self, put: &PutItem) -> Result<Written, AwsError> {
        let question = json!({ "TableName": put.table, "Item": item_to_json(&put.item) });
        self.write("PutItem", &put.table, question, None, put.condition.as_ref()).await
    }

    /// Changes values of an item.
    ///
    /// # Errors
    /// [`AwsError`] when it is not known whether they were changed.
    pub async fn update(&self, update: &UpdateItem) -> Result<Written, AwsError> {
        let question = json!({
            "TableName": update.table,
            "Key": item_to_json(&update.key),
            "ReturnValues": "ALL_NEW",
        });
        let (does, condition) = (Some(&update.update), update.condition.as_ref());
        self.write("UpdateItem", &update.table, question, does, condition).await
    }

    /// Deletes an item.
    ///
    /// # Errors
    /// [`AwsError`] when it is not known whether it was deleted.
    pub async fn delete(&self, delete: &DeleteItem) -> Result<Written, AwsError> {
        let question = json!({ "TableName": delete.table, "Key": item_to_json(&delete.key) });
        self.write("DeleteItem", &delete.table, question, None, delete.condition.as_ref()).await
    }

    async fn write(
        &self,
        target: &str,
        table: &str,
        mut question: Value,
        update: Option<&Expression>,
        condition: Option<&Expression>,
    ) -> Result<Written, AwsError> {
        let (mut names, mut values) = (Map::new(), Map::new());
        let parts = [("UpdateExpression", update), ("ConditionExpression", condition)];
        for (part, expression) in parts {
            let Some(expression) = expression else { continue };
            question[part] = json!(expression.text);
            names.extend(expression.names.iter().map(|(name, meant)| (name.clone(), json!(meant))));
            values.extend(expression.values.iter().map(|(name, value)| (name.clone(), value.to_json())));
        }
        if condition.is_some() {
            question["ReturnValuesOnConditionCheckFailure"] = json!("ALL_OLD");
        }
        for (part, map) in [("ExpressionAttributeNames", names), ("ExpressionAttributeValues", values)] {
            if !map.is_empty() {
                question[part] = Value::Object(map);
            }
        }
        let tried = format!("write to table {table}");
        match self.asked(&tried, target, &question).await {
            Ok(answer) => Ok(Written::Done { item: answer.get("Attributes").and_then(item_of_json) }),
            Err(Failed { error: AwsError::Refused { code, .. }, after_doubt, answer })
                if code == CONDITION_FAILED =>
            {
                let answer = answer.and_then(|body| serde_json::from_slice::<Value>(body.expose()).ok());
                let existing = answer.as_ref().and_then(|answer| answer.get("Item")).and_then(item_of_json);
                Ok(Written::ConditionFailed { existing, after_doubt })
            }
            Err(failed) => Err(failed.error),
        }
    }

    pub(super) async fn ask(&self, tried: &str, target: &str, question: &Value) -> Result<Value, AwsError> {
        Ok(self.asked(tried, target, question).await?)
    }

    async fn asked(&self, tried: &str, target: &str, question: &Value) -> Result<Value, Failed> {
        let root = self.aws.root(Service::DynamoDb);
        let call = Call::new(tried.to_owned(), Service::DynamoDb, Method::POST, root)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("DynamoDB_20120810.{target}"))
            .body(Body::bytes(question.to_string().into_bytes()));
        let reply = self.aws.call(&call).await?;
        serde_json::from_slice(reply.body.expose()).map_err(|error| {
            let why = format!("it is not JSON at line {} column {}", error.line(), error.column());
            Failed::at_once(AwsError::Malformed { tried: tried.to_owned(), why })
        })
    }
}
