use async_graphql::parser::types::OperationType;
use async_graphql::{Pos, Request};
use serde_json::{Value, json};

use super::*;

#[test]
fn a_good_document_passes_and_is_remembered() {
    let gate = gate();
    for _ in 0..2 {
        let admitted = admit(&gate, "query A($n: Int = 3) { organisations(first: $n) { total } }").unwrap();
        assert_eq!(admitted.operation, OperationType::Query);
        assert_eq!(serde_json::to_value(&admitted.request.variables).unwrap(), json!({"n": 3}));
    }
    assert_eq!(admit(&gate, "mutation { save(code: \"a\") { id } }").unwrap().operation, OperationType::Mutation);
    assert_eq!(admit(&gate, "subscription { saved { id } }").unwrap().operation, OperationType::Subscription);
    gate.shared.documents.run_pending_tasks();
    assert_eq!(gate.shared.documents.entry_count(), 3);
}

#[test]
fn refused_documents_are_not_remembered() {
    let gate = gate();
    for text in ["{", "{ nothing }", "{ sum(lines: [{code: \"a\", code: \"b\", level: WARD}]) }"] {
        admit(&gate, text).unwrap_err();
    }
    gate.shared.documents.run_pending_tasks();
    assert_eq!(gate.shared.documents.entry_count(), 0);
}

#[test]
fn the_cache_stays_within_its_bytes() {
    let gate = gate_with(Limits { cache_bytes: 20_000, ..Limits::default() });
    for number in 0..200 {
        admit(&gate, &format!("{{ echo(text: \"{number}\") }}")).unwrap();
    }
    gate.shared.documents.run_pending_tasks();
    assert!(gate.shared.documents.weighted_size() <= 20_000);
    assert!(gate.shared.documents.entry_count() > 0);
}

#[test]
fn syntax_and_validation_faults_have_their_codes_and_places() {
    let gate = gate();
    let refusal = admit(&gate, "{ echo(text: ) }").unwrap_err();
    assert_eq!(refusal.code, ErrorCode::GraphqlParseFailed);
    assert_eq!(refusal.errors.first().unwrap().locations, [Pos { line: 1, column: 14 }]);

    let refusal = admit(&gate, "{\n  # ngày\n  nothing echo(txt: 1) }").unwrap_err();
    assert_eq!(refusal.code, ErrorCode::GraphqlValidationFailed);
    let places: Vec<_> = refusal.errors.iter().map(|error| error.locations.clone()).collect();
    assert_eq!(places, [[Pos { line: 3, column: 3 }], [Pos { line: 3, column: 16 }]]);
    assert!(refusal.errors.iter().all(|error| error.message.starts_with("The document does not fit the schema: ")));
}

#[test]
fn without_a_context_the_caller_is_a_vietnamese_speaking_stranger() {
    let refusal = gate().admit(Request::new("{ __schema { types { name } } }")).unwrap_err();
    assert_eq!(refusal.code, ErrorCode::Unauthenticated);
    assert_eq!(refusal.errors.first().unwrap().message, "Vui lòng đăng nhập để xem lược đồ.");
}

#[test]
fn what_the_engine_itself_would_let_pass_is_refused() {
    let gate = gate();
    for text in [
        "{ __typename @nothing }",
        "{ __typename(a: 1) }",
        "{ __typename { a } }",
        "query ($a: [Int]) { float(of: $a) }",
        "query ($a: Float) { float(of: $a) }",
        "query () { echo }",
        "{ ...on } fragment on on Query { echo }",
        "query ($a: String) { echo }",
        "{ echo } fragment F on Query { echo }",
        "{ ...F } fragment F on Query { ...F }",
        "{ levelOf(level: \"WARD\") }",
        "{ echo(text: \"a\", text: \"b\") }",
        "{ a: echo a: __typename }",
        "query A { echo } query A { echo }",
        "subscription { saved { id } broken }",
        "type A { a: Int }",
    ] {
        let (code, message) = refused(&gate, text);
        assert!(matches!(code, ErrorCode::GraphqlParseFailed | ErrorCode::GraphqlValidationFailed), "{text}");
        assert!(!message.contains("::"), "{message}");
    }
}

#[test]
fn what_the_engine_itself_would_refuse_without_reason_passes() {
    let gate = gate();
    for text in [
        r#"{ echo(text: "\u{51}") }"#,
        "query ($a: Boolean = true) { __typename @include(if: $a) }",
        "\u{feff}{ echo }",
        "{ echo(text: \"\"\"block \"quoted\" text\"\"\") }",
    ] {
        assert!(admit(&gate, text).is_ok(), "{text}");
    }
}

#[test]
fn a_field_may_not_stand_twice_in_one_input_object() {
    let gate = gate();
    for text in [
        "{ sum(lines: [{code: \"a\", level: WARD, level: CITY}]) }",
        "query ($l: Line = {code: \"a\", level: WARD, level: CITY}) { sum(lines: [$l]) }",
        "{ sum(lines: [{code: \"a\", level: WARD, below: [{code: \"b\", code: \"c\", level: WARD}]}]) }",
        "{ ...F } fragment F on Query { sum(lines: [{code: \"a\", code: \"a\", level: WARD}]) }",
    ] {
        let (code, message) = refused(&gate, text);
        assert_eq!(code, ErrorCode::GraphqlValidationFailed, "{message}");
    }
    let (_, message) = refused(&gate, "{ sum(lines: [{code: \"a\", level: WARD, level: CITY}]) }");
    assert_eq!(message, "The field \"level\" is given twice in the same input object.");
}

#[test]
fn the_operation_is_chosen_by_name() {
    let gate = gate();
    let two = "query A { echo } mutation B { save(code: \"x\") { id } }";
    let chosen = |name: &str| gate.admit(request(two, Value::Null).operation_name(name));
    assert_eq!(chosen("A").unwrap().operation, OperationType::Query);
    assert_eq!(chosen("B").unwrap().operation, OperationType::Mutation);
    assert_eq!(words(chosen("C")).0, ErrorCode::GraphqlValidationFailed);
    assert_eq!(words(chosen("")).0, ErrorCode::GraphqlValidationFailed);
    assert_eq!(refused(&gate, two).0, ErrorCode::GraphqlValidationFailed);

    assert!(gate.admit(request("{ echo }", Value::Null).operation_name("")).is_ok());
    assert!(gate.admit(request("{ echo }", Value::Null).operation_name("A")).is_err());
    assert!(gate.admit(request("query A { echo }", Value::Null).operation_name("A")).is_ok());
}

#[test]
fn a_request_without_an_operation_is_refused() {
    let gate = gate();
    assert_eq!(refused(&gate, "").0, ErrorCode::BadRequest);
    assert_eq!(refused(&gate, " \n\t").0, ErrorCode::BadRequest);
    let (code, _) = refused(&gate, "fragment F on Query { echo }");
    assert_eq!(code, ErrorCode::GraphqlValidationFailed);
    let (code, _) = refused(&gate, "# nothing");
    assert!(matches!(code, ErrorCode::GraphqlParseFailed | ErrorCode::GraphqlValidationFailed));
}

#[test]
fn strangers_may_not_read_the_schema_by_any_way() {
    let gate = gate();
    for text in [
        "{ __schema { types { name } } }",
        "{ a: __type(name: \"Query\") { name } }",
        "{ ... { ... on Query { __schema { types { name } } } } }",
        "{ ...F } fragment F on Query { ...G } fragment G on Query { __type(name: \"Query\") { name } }",
    ] {
        assert_eq!(refused(&gate, text).0, ErrorCode::Unauthenticated, "{text}");
    }
    assert!(admit(&gate, "{ __typename organisations { __typename } }").is_ok());
    let two = "query A { echo } query B { __schema { types { name } } }";
    assert!(gate.admit(request(two, Value::Null).operation_name("A")).is_ok());
    assert!(gate.admit(request(two, Value::Null).operation_name("B")).is_err());
}

#[test]
fn every_limit_has_its_own_words() {
    let gate = gate_with(Limits {
        document_bytes: 2_000,
        tokens: 500,
        recursion: 20,
        operations: 2,
        selections: 30,
        depth: 4,
        nesting: 6,
        aliases: 3,
        root_fields: 5,
        directives: 4,
        ..Limits::default()
    });
    let parents = |levels: usize| format!("{}id{}", "parent { ".repeat(levels), " }".repeat(levels));
    for (text, words) in [
        ("#".repeat(3_000), "3000 bytes long; at most 2000"),
        (format!("{{ {} }}", "a ".repeat(400)), "more than 500 tokens"),
        (format!("{{ echo(text: {}) }}", "[".repeat(30)), "nests more than 20 levels"),
        ("query A { echo } query B { echo } query C { echo }".to_owned(), "3 operations; at most 2"),
        (format!("{{ organisations {{ nodes {{ {} }} }} }}", parents(3)), "6 levels of fields; at most 4"),
        (format!("{{ {} echo {} }}", "... { ".repeat(7), "} ".repeat(7)), "at most 6 are allowed"),
        (
            "{ ...F } fragment F on Query { ...G ...G ...G ...G } fragment G on Query { ...H ...H } \
          fragment H on Query { echo float(of: 1) fee(of: 1) }"
                .to_owned(),
            "37 fields; at most 30",
        ),
        ("{ a: echo ...F ...F } fragment F on Query { b: echo c: echo }".to_owned(), "5 aliases; at most 3"),
        (
            "{ echo ...F ...F } fragment F on Query { echo ... { fee(of: 1) float(of: 1) } }".to_owned(),
            "7 fields at its root",
        ),
        (
            "{ ...F ...F @skip(if: true) } fragment F on Query { echo @skip(if: true) \
          float(of: 1) @skip(if: true) }"
                .to_owned(),
            "5 directives; at most 4",
        ),
    ] {
        let (code, message) = refused(&gate, &text);
        assert_eq!(code, ErrorCode::QueryTooComplex, "{message}");
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn at_most_ten_faults_are_told_and_none_at_length() {
    let gate = gate();
    let refusal = admit(&gate, &format!("{{ organisations {{ {} }} }}", "nothing ".repeat(1_000))).unwrap_err();
    assert_eq!(refusal.errors.len(), 10);
    let (_, message) = refused(&gate, &format!("{{ {} }}", "n".repeat(60_000)));
    assert!(message.len() < 1_000);
}
