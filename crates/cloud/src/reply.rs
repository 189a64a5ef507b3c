//! One answer, as it came, and how it is read.

use serde::de::{DeserializeOwned, IgnoredAny};

/// A successful answer.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Its whole body.
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// Reads the body as JSON. What is wrong with it is told by place, never by content: the answer to a create holds a
    /// root password.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        let mut deserializer = serde_json::Deserializer::from_slice(&self.body);
        let value: T = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let path = error.path().to_string();
            describe(error.inner(), &path)
        })?;
        deserializer.end().map_err(|error| describe(&error, "."))?;
        Ok(value)
    }

    /// Makes sure that the body is empty or JSON: the page of a proxy is not the answer of the API.
    pub(crate) fn nothing(&self) -> Result<(), String> {
        if self.body.is_empty() { Ok(()) } else { self.json::<IgnoredAny>().map(|_| ()) }
    }
}

fn describe(error: &serde_json::Error, path: &str) -> String {
    let place = format!("line {} column {}", error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Io | serde_json::error::Category::Syntax => {
            format!("not JSON at {place}")
        }
        serde_json::error::Category::Eof => format!("cut short at {place}"),
        serde_json::error::Category::Data => {
            let text = error.to_string();
            // Names a field of ours; other messages quote the value.
            let missing = text.strip_prefix("missing field ").and_then(|rest| rest.split(' ').next());
            match missing {
                Some(field) => format!("{path} lacks {field}"),
                None => format!("{path} has an unexpected value at {place}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Server;

    fn why(body: &str) -> String {
        Reply { body: body.as_bytes().to_vec() }.json::<Vec<Server>>().unwrap_err()
    }

    #[test]
    fn a_bad_answer_is_described_without_its_content() {
        let cases = [
            ("<html>hunter2</html>", "not JSON at line 1 column 1"),
            ("", "cut short at line 1 column 0"),
            ("[{\"id\":1,", "cut short at line 1 column 9"),
            ("[{\"id\":\"hunter2\"}]", "[0].id has an unexpected value at line 1 column 16"),
            ("[{\"id\":1}]", "[0] lacks `name`"),
            ("[] hunter2", "not JSON at line 1 column 4"),
        ];
        for (body, expected) in cases {
            assert_eq!(why(body), expected, "{body}");
        }
    }
}
