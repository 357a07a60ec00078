use std::sync::Arc;

use async_graphql::{Data, Executor, Response};
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::*;
use crate::finish;

fn none(text: &str) -> Request {
    request(text, Value::Null)
}

#[tokio::test]
async fn fragments_aliases_and_operations_reach_the_engine_whole() {
    let gate = gate();
    let text = "query A { ...F b: organisations(first: 4) { ... on Page { total nodes { name level } } } } \
                fragment F on Query { text: echo(text: \"\\u{1F600} \\\"q\\\"\") }";
    let answer = run(&gate, none(text).operation_name("A")).await;
    let node = json!({"name": "Phường 1", "level": "WARD"});
    assert_eq!(answer, json!({"data": {"text": "😀 \"q\"", "b": {"total": 4, "nodes": [node]}}}));
    let answer = run(&gate, none("query A { echo } query B { __typename }").operation_name("B")).await;
    assert_eq!(answer, json!({"data": {"__typename": "Query"}}));
}

#[tokio::test]
async fn a_refusal_is_a_response_with_errors_and_no_data() {
    let answer = run(&gate(), none("{ nothing }")).await;
    assert_eq!(answer.get("data"), Some(&Value::Null));
    assert_eq!(answer.pointer("/errors/0/extensions/code"), Some(&json!("GRAPHQL_VALIDATION_FAILED")));
}

#[tokio::test]
async fn a_mutation_given_twice_is_carried_out_once() {
    let done = async |text: &str| {
        let journal = Arc::new(Journal::default());
        let answer = run(&gate(), none(text).data(Arc::clone(&journal))).await;
        let journal = journal.lock().unwrap().clone();
        (answer, journal)
    };
    let (answer, journal) =
        done("mutation { a: save(code: \"1\") { id } ...F } fragment F on Mutation { a: save(code: \"1\") { name } }")
            .await;
    assert_eq!(answer, json!({"data": {"a": {"id": "1", "name": "Phường 1"}}}));
    assert_eq!(journal, ["1"]);
    let (_, journal) = done(
        "mutation { ...F @skip(if: true) ... @include(if: true) { b: save(code: \"2\") { id } } save(code: \"3\") { id } } \
         fragment F on Mutation { a: save(code: \"1\") { id } }",
    )
    .await;
    assert_eq!(journal, ["2", "3"]);
    let text = "mutation { save(code: \"1\") { id } save(code: \"1\") @skip(if: false) { name } }";
    assert_eq!(refused(&gate(), text).0, ErrorCode::GraphqlValidationFailed);
}

#[tokio::test]
async fn subscriptions_stream_and_find_their_field_behind_a_fragment() {
    let gate = gate();
    for text in ["subscription { saved { id } }", "subscription { ...F } fragment F on Feed { ... { saved { id } } }"] {
        let stream = Executor::execute_stream(&gate, none(text), None);
        let answers: Vec<_> = stream.map(|answer| serde_json::to_value(answer).unwrap()).collect().await;
        assert_eq!(answers, [json!({"data": {"saved": {"id": "0"}}}), json!({"data": {"saved": {"id": "1"}}})]);
    }
    let answers: Vec<_> = Executor::execute_stream(&gate, none("subscription { broken }"), None).collect().await;
    let error = answers.first().unwrap().errors.first().unwrap();
    assert!(!error.message.contains("secret"));
    let answers: Vec<_> = Executor::execute_stream(&gate, none("{ echo }"), None).collect().await;
    assert_eq!(answers.len(), 1);
    let answers: Vec<_> = Executor::execute_stream(&gate, none("{ nothing }"), None).collect().await;
    assert_eq!(answers.len(), 1);
    let answer = run(&gate, none("subscription { saved { id } }")).await;
    assert_eq!(answer.pointer("/errors/0/extensions/code"), Some(&json!("BAD_REQUEST")));
}

#[tokio::test]
async fn a_connection_may_know_its_caller_once() {
    let mut session = Data::default();
    session.insert(context(Language::En));
    let stream = Executor::execute_stream(&gate(), Request::new(""), Some(Arc::new(session)));
    let answers: Vec<_> = stream.collect().await;
    let message = &answers.first().unwrap().errors.first().unwrap().message;
    assert_eq!(message, "The request has no GraphQL document.");
}

async fn error(text: &str) -> Value {
    let answer = run(&gate(), none(text)).await;
    answer.pointer("/errors/0").unwrap().clone()
}

#[tokio::test]
async fn errors_leave_with_code_and_words_and_without_secrets() {
    let conflict = error("{ missing }").await;
    assert_eq!(conflict.get("extensions"), Some(&json!({"code": "CONFLICT"})));
    assert_eq!(conflict.get("path"), Some(&json!(["missing"])));
    assert_eq!(conflict.get("locations"), Some(&json!([{"line": 1, "column": 3}])));
    assert!(conflict.get("message").unwrap().as_str().unwrap().starts_with("Somebody changed"));

    let shared = error("{ shared }").await;
    assert_eq!(shared.get("extensions"), Some(&json!({"code": "CONFLICT"})));

    let unavailable = error("{ unreachable }").await;
    assert_eq!(unavailable.get("extensions"), Some(&json!({"code": "UNAVAILABLE", "requestId": "r-1"})));

    for text in ["{ bare }", "{ foreign }"] {
        let internal = error(text).await;
        assert_eq!(internal.get("extensions"), Some(&json!({"code": "INTERNAL", "requestId": "r-1"})));
        assert!(internal.get("message").unwrap().as_str().unwrap().starts_with("Something went wrong"));
    }
    let coded = error("{ coded }").await;
    assert_eq!(coded.get("extensions"), Some(&json!({"code": "RATE_LIMITED"})));
    assert_eq!(coded.get("message"), Some(&json!("said so itself")));

    for (text, detail) in [
        ("{ small(of: 9) }", "Failed to parse \"Int\": "),
        ("{ fee(of: 1.5) }", "Failed to parse \"Vnd\": not whole"),
        ("{ fee(of: \"x\") }", "Expected input type \"Vnd\", found \"x\"."),
        (
            "{ sum(lines: [{code: \"a\", level: WARD, fee: {a: 1}}]) }",
            "Expected input type \"Vnd\", found {a: 1}. (occ",
        ),
        ("{ pick(by: {id: 1, code: \"a\"}) }", ""),
    ] {
        let input = error(text).await;
        assert_eq!(input.get("extensions"), Some(&json!({"code": "BAD_USER_INPUT"})), "{input}");
        let message = input.get("message").unwrap().as_str().unwrap();
        assert!(message.starts_with(&format!("An argument's value is not valid: {detail}")), "{message}");
    }
}

#[test]
fn without_a_context_errors_are_vietnamese_and_have_no_request() {
    let mut response = Response::from_errors(vec![async_graphql::ServerError::new("secret", None)]);
    finish(&mut response, None);
    let error = response.errors.first().unwrap();
    assert!(error.message.starts_with("Máy chủ gặp lỗi"));
    assert_eq!(serde_json::to_value(&error.extensions).unwrap(), json!({"code": "INTERNAL"}));
}
