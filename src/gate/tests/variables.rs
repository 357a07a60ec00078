use std::time::Instant;

use serde_json::{Value, json};

use super::*;

fn fault(text: &str, variables: Value) -> String {
    let (code, message) = words(gate().admit(request(text, variables)));
    assert_eq!(code, ErrorCode::BadUserInput, "{message}");
    message
}

const SUM: &str = "query ($lines: [Line!]!) { sum(lines: $lines) }";

#[test]
fn wrong_values_are_request_errors_that_name_the_place() {
    for (text, variables, message) in [
        (SUM, json!({}), "The value of $lines is missing; its type is [Line!]!."),
        (SUM, json!({"lines": null}), "The value of $lines must not be null; its type is [Line!]!."),
        (SUM, json!({"lines": [null]}), "The value of $lines[0] must not be null; its type is Line!."),
        (SUM, json!({"lines": 1}), "The value of $lines is not of the type Line."),
        (
            SUM,
            json!({"lines": [{"code": "a", "level": "WARD"}, {"code": "b", "level": "MOON"}]}),
            "The value of $lines[1].level is \"MOON\", which is not one of the values of Level.",
        ),
        (SUM, json!({"lines": {"code": 1, "level": "WARD"}}), "The value of $lines.code is not of the type String."),
        (SUM, json!({"lines": {"level": "WARD"}}), "The value of $lines.code is missing; its type is String!."),
        (
            SUM,
            json!({"lines": {"code": "a", "level": "WARD", "colour": 1}}),
            "$lines has a field \"colour\", which the type Line does not have.",
        ),
        (
            SUM,
            json!({"lines": {"code": "a", "level": "WARD", "below": [{"code": "b", "level": 5}]}}),
            "The value of $lines.below[0].level is not of the type Level.",
        ),
        (
            SUM,
            json!({"lines": {"code": "a", "level": "WARD", "received": 3_000_000_000_u32}}),
            "The value of $lines.received is not of the type Int.",
        ),
        (
            "query ($n: Int!) { small(of: $n) }",
            json!({"n": 86.32}),
            "The value of $n must be a whole number (Int), without quotes, decimals or a percent sign: give the count, not the percentage. 86.32 was given.",
        ),
        (
            "query ($n: Int!) { small(of: $n) }",
            json!({"n": "85%"}),
            "The value of $n must be a whole number (Int), without quotes, decimals or a percent sign: give the count, not the percentage. \"85%\" was given.",
        ),
        ("query ($n: Int!) { small(of: $n) }", json!({"n": "many"}), "The value of $n is not of the type Int."),
        ("query ($t: String) { echo(text: $t) }", json!({"t": 5}), "The value of $t is not of the type String."),
        ("query ($l: Level!) { levelOf(level: $l) }", json!({"l": true}), "The value of $l is not of the type Level."),
        (
            "query ($k: Key!) { pick(by: $k) }",
            json!({"k": {"id": "1", "code": "a"}}),
            "$k must give exactly one field of the type Key, and not null.",
        ),
    ] {
        assert_eq!(fault(text, variables), message);
    }
    let refusal = gate().admit(request(SUM, json!({"lines": {"level": "WARD"}}))).unwrap_err();
    let extensions = refusal.errors.first().unwrap().extensions.clone().unwrap();
    assert_eq!(extensions.get("variable"), Some(&"lines.code".into()));
}

#[test]
fn at_most_ten_values_are_complained_of() {
    let lines: Vec<_> = (0..500).map(|_| json!({"code": 1, "level": "WARD"})).collect();
    assert_eq!(fault(SUM, json!({ "lines": lines })).lines().count(), 10);
}

#[tokio::test]
async fn right_values_reach_the_resolvers() {
    for (text, variables, data) in [
        (SUM, json!({"lines": []}), json!({"sum": 0})),
        (SUM, json!({"lines": {"code": "a", "level": "WARD", "solved": 2}}), json!({"sum": 9})),
        ("query ($k: Key!) { pick(by: $k) }", json!({"k": {"code": "a"}}), json!({"pick": "a"})),
        ("query ($of: [[Int!]!]) { lists(of: $of) }", json!({"of": 5}), json!({"lists": 1})),
        ("query ($of: [[Int!]!]) { lists(of: $of) }", json!({"of": [[1, 2], [3]]}), json!({"lists": 3})),
        ("query ($of: Float!) { float(of: $of) }", json!({"of": 2}), json!({"float": 2.0})),
        (
            "query ($of: Vnd!) { fee(of: $of) }",
            json!({"of": 9_007_199_254_740_991_i64}),
            json!({"fee": 9_007_199_254_740_991_i64}),
        ),
        (
            "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }",
            json!({"ids": [1, "2"], "unknown": 1}),
            json!({"nodes": [{"__typename": "Organisation"}, {"__typename": "Organisation"}]}),
        ),
        ("query ($l: Level!) { levelOf(level: $l) }", json!({"l": "CITY"}), json!({"levelOf": "CITY"})),
    ] {
        assert_eq!(run(&gate(), request(text, variables)).await, json!({ "data": data }), "{text}");
    }
}

#[tokio::test]
async fn what_is_left_out_is_left_out_and_not_null() {
    for (text, variables, data) in [
        // The argument's own default, not null.
        ("query ($n: Int) { organisations(first: $n) { total } }", json!({}), json!({"organisations": {"total": 30}})),
        (
            "query ($n: Int) { ...F } fragment F on Query { organisations(first: $n) { total } }",
            json!({}),
            json!({"organisations": {"total": 30}}),
        ),
        // The input field's own default.
        ("query ($n: Int) { sum(lines: [{code: \"a\", level: WARD, received: $n}]) }", json!({}), json!({"sum": 7})),
        (
            "query ($n: Int) { sum(lines: [{code: \"a\", level: WARD, received: $n}]) }",
            json!({"n": 4}),
            json!({"sum": 4}),
        ),
        ("query ($t: String) { echo(text: $t) }", json!({}), json!({"echo": "nothing"})),
        // The variable's default, in an argument and in a condition.
        ("query ($t: String = \"x\") { echo(text: $t) }", json!({}), json!({"echo": "x"})),
        (
            "query ($yes: Boolean = true) { echo @include(if: $yes) missing @skip(if: $yes) }",
            json!({}),
            json!({"echo": "nothing"}),
        ),
        (
            "query ($yes: Boolean = true) { echo @include(if: $yes) __typename }",
            json!({"yes": false}),
            json!({"__typename": "Query"}),
        ),
    ] {
        assert_eq!(run(&gate(), request(text, variables)).await, json!({ "data": data }), "{text}");
    }
}

#[tokio::test]
async fn a_null_where_an_argument_takes_none_is_the_senders_mistake() {
    let text = "query ($n: Int) { organisations(first: $n) { total } }";
    let answer = run(&gate(), request(text, json!({"n": null}))).await;
    assert_eq!(answer.pointer("/errors/0/extensions/code"), Some(&json!("BAD_USER_INPUT")));
}

#[test]
fn deep_values_are_refused_before_they_are_walked() {
    let mut value = json!({"code": "a", "level": "WARD"});
    for _ in 0..50 {
        value = json!({"code": "a", "level": "WARD", "below": [value]});
    }
    assert!(fault(SUM, json!({ "lines": value })).ends_with("is nested too deeply."));
}

#[test]
fn large_forms_are_checked_in_passing() {
    let lines: Vec<_> = (0..5_000)
        .map(|number| json!({"code": format!("{number}"), "level": "WARD", "received": 1, "solved": 2, "fee": 3}))
        .collect();
    let request = request(SUM, json!({ "lines": lines }));
    let start = Instant::now();
    assert!(gate().admit(request).is_ok());
    assert!(start.elapsed().as_millis() < 1_000);
}
