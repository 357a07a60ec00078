//! Somebody who asks, and what he is told.

use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, HeaderMap};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

const SIGN_IN: &str = "mutation($input: SignInInput!) {
    signIn(input: $input) { session { accessToken } userErrors { code message } }
}";

/// A caller of one server: a person who signed in, or a stranger.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    server: String,
    token: Option<String>,
    language: &'static str,
}

impl Client {
    /// Somebody who did not sign in, at the server of this URL. He reads English.
    pub fn stranger(http: &reqwest::Client, server: String) -> Client {
        Client { http: http.clone(), server, token: None, language: "en" }
    }

    /// What all clients of a server share.
    pub fn http() -> reqwest::Client {
        reqwest::Client::builder()
            // A machine's proxy has no business between a test and its server.
            .no_proxy()
            // A kept connection may be one to a server that a test has stopped meanwhile.
            .pool_max_idle_per_host(0)
            .timeout(Duration::from_secs(60))
            .build()
            .expect("an HTTP client")
    }

    /// The same caller, who reads English.
    pub fn in_english(&self) -> Client {
        Client { language: "en", ..self.clone() }
    }

    /// The same caller, who reads Vietnamese.
    pub fn in_vietnamese(&self) -> Client {
        Client { language: "vi", ..self.clone() }
    }

    /// Signs in.
    pub async fn sign_in(&self, username: &str, password: &str) -> Client {
        let answer = self.ask(SIGN_IN, json!({ "input": { "username": username, "password": password } })).await;
        assert_eq!(answer.user_errors("signIn"), Vec::<Value>::new(), "{username} can't sign in");
        let token = answer.data("/signIn/session/accessToken").as_str().expect("a token is a string");
        Client { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The access token.
    pub fn token(&self) -> String {
        self.token.clone().expect("a stranger has no token")
    }

    /// An HTTP request of this caller, to be filled and sent.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.server));
        let request = request.header(ACCEPT_LANGUAGE, self.language);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a GraphQL document.
    pub async fn ask(&self, document: &str, variables: Value) -> Answer {
        self.try_ask(document, variables).await.expect("the server answers")
    }

    /// Sends a GraphQL document to a server that may be gone.
    pub async fn try_ask(&self, document: &str, variables: Value) -> reqwest::Result<Answer> {
        let response = self
            .request(Method::POST, "/graphql")
            .header(ACCEPT, "application/graphql-response+json, application/json;q=0.9")
            .json(&json!({ "query": document, "variables": variables }))
            .send()
            .await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { status, headers, body: response.json().await? })
    }
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub headers: HeaderMap,
}

impl Answer {
    /// The value at a JSON pointer below `data`, where there are no top-level errors.
    #[track_caller]
    pub fn data(&self, pointer: &str) -> &Value {
        self.assert_no_errors();
        let found = self.body.get("data").and_then(|data| data.pointer(pointer));
        found.unwrap_or_else(|| panic!("nothing at {pointer}: {:#}", self.body))
    }

    /// There are no top-level errors.
    #[track_caller]
    pub fn ok(self) -> Answer {
        self.assert_no_errors();
        self
    }

    #[track_caller]
    fn assert_no_errors(&self) {
        assert!(self.body.get("errors").is_none(), "status {}: {:#}", self.status, self.body);
    }

    /// The code of the first top-level error.
    #[track_caller]
    pub fn code(&self) -> &str {
        let code = self.body.pointer("/errors/0/extensions/code").and_then(Value::as_str);
        code.unwrap_or_else(|| panic!("no error with a code: {:#}", self.body))
    }

    /// What a mutation's payload says the caller can mend.
    #[track_caller]
    pub fn user_errors(&self, field: &str) -> Vec<Value> {
        let errors = self.data(&format!("/{field}/userErrors")).as_array();
        errors.unwrap_or_else(|| panic!("no userErrors of {field}: {:#}", self.body)).clone()
    }

    /// How many SQL statements it took: `Server-Timing: db;desc="N statements", total;dur=..`.
    #[track_caller]
    pub fn statements(&self) -> u32 {
        let timing = self.headers.get("server-timing").and_then(|value| value.to_str().ok());
        let count =
            timing.and_then(|timing| timing.split_once("db;desc=\"")?.1.split_once(" statement")?.0.parse().ok());
        count.unwrap_or_else(|| panic!("no count of statements: {timing:?}"))
    }
}
