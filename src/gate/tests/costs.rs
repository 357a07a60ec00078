use serde_json::json;

use super::*;
use crate::document::Document;

fn cost(text: &str) -> u64 {
    admit(&gate(), text).unwrap().cost
}

#[test]
fn objects_are_points_and_scalars_tenths() {
    assert_eq!(cost("{ echo }"), 1);
    // Eleven scalars at the root.
    assert_eq!(
        cost("{ echo float(of: 1) fee(of: 1) small(of: 1) missing bare foreign coded unreachable a: echo b: echo }"),
        2
    );
    // The connection and one scalar in it.
    assert_eq!(cost("{ organisations(first: 50) { total } }"), 2);
    // The connection, fifty rows, two scalars in each.
    assert_eq!(cost("{ organisations(first: 50) { nodes { id name } } }"), 1 + 50 + 10);
    assert_eq!(
        cost("{ organisations(first: 50) { total ...F } } fragment F on Page { edges { node { id } } }"),
        1 + 50 * 2 + 5 + 1
    );
}

#[test]
fn a_page_is_as_long_as_literal_variable_or_default_say() {
    let gate = gate();
    let text = "query ($n: Int) { organisations(first: $n) { nodes { parent { id } } } }";
    let with = |variables| gate.admit(request(text, variables)).unwrap().cost;
    assert_eq!(with(json!({"n": 10})), 1 + 10 * 2 + 1);
    assert_eq!(with(json!({"n": 90})), 1 + 90 * 2 + 9);
    assert_eq!(with(json!({"n": 2_000})), 1 + 1_000 * 2 + 100);
    assert_eq!(with(json!({"n": -5})), 1 + 30 * 2 + 3);
    assert_eq!(with(json!({})), 1 + 30 * 2 + 3);
    let text = "query ($n: Int = 40) { organisations(first: $n) { nodes { parent { id } } } }";
    assert_eq!(admit(&gate, text).unwrap().cost, 1 + 40 * 2 + 4);
    // No default anywhere: twenty. And the larger of two counts.
    assert_eq!(
        cost("{ organisations(first: 1) { nodes { children { nodes { parent { id } } } } } }"),
        1 + 2 + 20 * 2 + 2
    );
    assert_eq!(
        cost("{ organisations(first: 1) { nodes { children(first: 1, last: 50) { nodes { id } } } } }"),
        1 + 2 + 50 + 5
    );
    // Lists that could not say.
    assert_eq!(cost("{ organisations(first: 2) { nodes { siblings { id } } } }"), 1 + 2 * (1 + 11));
    assert_eq!(cost("{ nodes(ids: [1, 2, 3]) { siblings { id } } }"), 3 * 12);
    let text = "query ($ids: [ID!]!) { nodes(ids: $ids) { siblings { id } } }";
    assert_eq!(gate.admit(request(text, json!({"ids": ["1", "2"]}))).unwrap().cost, 2 * 12);
}

fn nested(levels: usize, page: u32, leaf: &str) -> String {
    let open = format!("children(first: {page}) {{ nodes {{ ").repeat(levels - 1);
    format!("{{ organisations(first: {page}) {{ nodes {{ {open}{leaf}{} }} }} }}", " } }".repeat(levels - 1))
}

#[test]
fn honest_pages_pass_with_room_and_towers_of_pages_do_not() {
    let scalars: String = (0..10).map(|number| format!("s{number}: name ")).collect();
    let gate = gate();
    assert_eq!(admit(&gate, &nested(1, 1_000, &scalars)).unwrap().cost, 2_001);

    let scalars: String = (0..19).map(|number| format!("s{number}: name ")).collect();
    let page = format!(
        "{{ organisations(first: 20) {{ nodes {{ children(first: 10) {{ nodes {{ children(first: 3) {{ nodes \
         {{ {scalars} }} }} }} }} }} }} }}"
    );
    assert!(cost(&page) < 5_000);
    assert!(cost(&nested(2, 100, &scalars)) <= 50_000);

    let (code, message) = refused(&self::gate(), &nested(4, 100, "id"));
    assert_eq!(code, ErrorCode::QueryTooComplex);
    assert!(message.contains("at most 50000 are allowed"), "{message}");
    refused(&self::gate(), &nested(3, 100, "id"));
    refused(&self::gate(), &nested(7, 100, "id"));
}

#[test]
fn the_cost_by_variables_is_refused_by_variables() {
    let gate = gate();
    let text = "query ($n: Int!) { organisations(first: $n) { nodes { children(first: $n) { nodes { children(first: $n) \
                { nodes { id } } } } } } }";
    assert!(gate.admit(request(text, json!({"n": 10}))).is_ok());
    let (code, message) = words(gate.admit(request(text, json!({"n": 100}))));
    assert_eq!(code, ErrorCode::QueryTooComplex);
    assert_eq!(
        message,
        "The answer may hold about 1120201 objects; at most 50000 are allowed. Ask for shorter pages or fewer nested \
         lists."
    );
}

#[test]
fn the_schema_may_be_read_once_but_not_in_circles() {
    let gate = gate();
    let cost = |text: &str| {
        let document = Document::compile(text, &gate.shared.tariff, &gate.shared.limits).unwrap();
        let operation = document.operations.first().unwrap();
        assert!(operation.introspects);
        operation.cost.with(&Variables::default())
    };
    assert!(cost(INTROSPECTION) < 5_000, "{}", cost(INTROSPECTION));
    let circle = format!("{{ __schema {{ types {{ {} name {} }} }} }}", "fields { type { ".repeat(6), " } }".repeat(6));
    assert!(cost(&circle) > 50_000, "{}", cost(&circle));
}

/// As GraphiQL asks.
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { queryType { name kind } mutationType { name kind } \
    subscriptionType { name kind } types { ...FullType } directives { name description isRepeatable locations \
    args(includeDeprecated: true) { ...InputValue } } } } \
    fragment FullType on __Type { kind name description specifiedByURL fields(includeDeprecated: true) { name \
    description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason } \
    inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef } \
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } \
    possibleTypes { ...TypeRef } } \
    fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated \
    deprecationReason } \
    fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name \
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";
