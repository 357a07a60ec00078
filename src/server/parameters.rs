//! The parameters of a GraphQL request (GraphQL over HTTP, "Request Parameters"), as JSON or in a URL.

use std::collections::HashMap;

use async_graphql::{Extensions, Request, Value, Variables};
use axum::extract::Query;
use axum::http::Uri;

use kernel::i18n::{Message, MessageArg};

const MEMBERS: [&str; 4] = ["query", "operationName", "variables", "extensions"];

/// What a client asks for. Members that the specification doesn't name are ignored, as it says.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    query: String,
    operation_name: Option<String>,
    variables: Variables,
    extensions: HashMap<String, Value>,
}

impl Parameters {
    /// Reads the body of a POST. The error says what is wrong with it.
    pub fn from_json(body: &[u8]) -> Result<Parameters, Message> {
        if body.trim_ascii().is_empty() {
            return Err(Message::new("http-json-empty"));
        }
        match serde_json::from_slice::<Value>(body) {
            Ok(value) => Parameters::from_value(value),
            Err(fault) => Err(at(Message::new("http-json-broken"), &fault)),
        }
    }

    /// Reads the payload of a `subscribe` message.
    pub fn from_value(value: Value) -> Result<Parameters, Message> {
        let mut members = match value {
            Value::Object(members) => members,
            Value::List(_) => return Err(Message::new("http-json-batch")),
            _ => return Err(Message::new("http-json-not-object")),
        };
        let mut parameters = Parameters {
            query: string("query", members.swap_remove("query"))?.ok_or_else(query_missing)?,
            operation_name: string("operationName", members.swap_remove("operationName"))?,
            ..Parameters::default()
        };
        parameters.set_variables(members.swap_remove("variables").unwrap_or_default())?;
        parameters.set_extensions(members.swap_remove("extensions").unwrap_or_default())?;
        Ok(parameters)
    }

    /// Reads the query of a GET's URL.
    pub fn from_uri(uri: &Uri) -> Result<Parameters, Message> {
        let Query(pairs) =
            Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_fault| Message::new("http-query-string"))?;
        let mut given = HashMap::new();
        for (name, value) in pairs {
            let Some(name) = MEMBERS.into_iter().find(|member| *member == name) else { continue };
            if given.insert(name, value).is_some() {
                return Err(Message::new("http-parameter-twice").with("name", name));
            }
        }
        let mut parameters = Parameters {
            query: given.remove("query").ok_or_else(query_missing)?,
            operation_name: given.remove("operationName"),
            ..Parameters::default()
        };
        parameters.set_variables(json("variables", given.remove("variables"))?)?;
        parameters.set_extensions(json("extensions", given.remove("extensions"))?)?;
        Ok(parameters)
    }

    /// As the engine takes it.
    pub fn into_request(self) -> Request {
        let mut request = Request::new(self.query).variables(self.variables);
        request.operation_name = self.operation_name;
        request.extensions = Extensions(self.extensions);
        request
    }

    fn set_variables(&mut self, value: Value) -> Result<(), Message> {
        match value {
            Value::Null => {}
            Value::Object(_) => self.variables = Variables::from_value(value),
            _ => return Err(wrong_type("variables", "http-type-object")),
        }
        Ok(())
    }

    fn set_extensions(&mut self, value: Value) -> Result<(), Message> {
        match value {
            Value::Null => {}
            Value::Object(members) => {
                self.extensions = members.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
            }
            _ => return Err(wrong_type("extensions", "http-type-object")),
        }
        Ok(())
    }
}

fn string(member: &'static str, value: Option<Value>) -> Result<Option<String>, Message> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong_type(member, "http-type-string")),
    }
}

fn json(name: &'static str, text: Option<String>) -> Result<Value, Message> {
    match text {
        Some(text) if !text.is_empty() => serde_json::from_str(&text)
            .map_err(|fault| at(Message::new("http-parameter-json").with("name", name), &fault)),
        _ => Ok(Value::Null),
    }
}

fn query_missing() -> Message {
    Message::new("http-member-missing").with("member", "query")
}

fn wrong_type(member: &'static str, kind: &'static str) -> Message {
    Message::new("http-member-type").with("member", member).with("type", MessageArg::Message(kind))
}

/// Where the JSON breaks off. The library's own words would name Rust types.
fn at(message: Message, fault: &serde_json::Error) -> Message {
    message.with("line", fault.line()).with("column", fault.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_holds_the_four_members_and_others_are_ignored() {
        let body = r#"{"query":"{ a }","operationName":"x","variables":{"v":[1,null]},"extensions":{"e":true},"id":7}"#;
        let parameters = Parameters::from_json(body.as_bytes()).unwrap();
        assert_eq!(parameters.query, "{ a }");
        assert_eq!(parameters.operation_name.as_deref(), Some("x"));
        assert_eq!(parameters.variables.to_string(), "{v: [1, null]}");
        assert_eq!(parameters.extensions["e"], Value::Boolean(true));
        let bare = Parameters::from_json(br#"{"query":"{ a }","operationName":null,"variables":null}"#).unwrap();
        assert!(bare.operation_name.is_none() && bare.variables.is_empty() && bare.extensions.is_empty());
    }

    #[test]
    fn what_is_wrong_with_a_body_is_said_by_name() {
        for (body, key) in [
            ("", "http-json-empty"),
            (" \n", "http-json-empty"),
            ("{\"query\":", "http-json-broken"),
            ("{\"query\":\"\u{1}\"}", "http-json-broken"),
            ("{} {}", "http-json-broken"),
            ("[]", "http-json-batch"),
            ("[{\"query\":\"{ a }\"}]", "http-json-batch"),
            ("\"{ a }\"", "http-json-not-object"),
            ("null", "http-json-not-object"),
            ("{}", "http-member-missing"),
            ("{\"query\":null}", "http-member-missing"),
            ("{\"query\":7}", "http-member-type"),
            ("{\"query\":\"{ a }\",\"operationName\":[]}", "http-member-type"),
            ("{\"query\":\"{ a }\",\"variables\":[]}", "http-member-type"),
            ("{\"query\":\"{ a }\",\"variables\":\"{}\"}", "http-member-type"),
            ("{\"query\":\"{ a }\",\"extensions\":1}", "http-member-type"),
        ] {
            assert_eq!(Parameters::from_json(body.as_bytes()).unwrap_err().key(), key, "{body}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(Parameters::from_json(deep.as_bytes()).unwrap_err().key(), "http-json-broken");
        assert_eq!(Parameters::from_json(b"{\"query\":\"\xff\"}").unwrap_err().key(), "http-json-broken");
    }

    #[test]
    fn a_broken_body_is_said_where() {
        let message = Parameters::from_json(b"{\n  \"query\" \"{ a }\"\n}").unwrap_err().to_string();
        assert!(message.contains("line 2") && !message.contains("expected"), "{message}");
    }

    #[test]
    fn a_url_holds_the_same() {
        let uri = |query: &str| format!("/graphql?{query}").parse::<Uri>().unwrap();
        let parameters =
            Parameters::from_uri(&uri("query=%7B%20a+%7D&variables=%7B%22v%22%3A1%7D&operationName=x&other=1&other=2"))
                .unwrap();
        assert_eq!(parameters.query, "{ a }");
        assert_eq!(parameters.operation_name.as_deref(), Some("x"));
        assert_eq!(parameters.variables.to_string(), "{v: 1}");
        for (query, key) in [
            ("", "http-member-missing"),
            ("variables=%7B%7D", "http-member-missing"),
            ("query=a&query=b", "http-parameter-twice"),
            ("query=a&variables=%7B", "http-parameter-json"),
            ("query=a&variables=1", "http-member-type"),
        ] {
            assert_eq!(Parameters::from_uri(&uri(query)).unwrap_err().key(), key, "{query}");
        }
    }
}
