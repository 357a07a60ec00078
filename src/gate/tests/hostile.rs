use std::time::{Duration, Instant};

use serde_json::Value;

use super::*;

/// Admits a document on a quarter of the stack that a worker has, and answers whether it passed. A release
/// takes some milliseconds for the worst of these; the bound leaves room for a debug build on a busy
/// machine, and is still far from what the explosions would take that it guards against.
fn on_a_small_stack(gate: &TestGate, text: String) -> bool {
    let gate = gate.clone();
    let shown: String = text.chars().take(60).collect();
    let start = Instant::now();
    let thread = std::thread::Builder::new().stack_size(512 * 1024);
    let passed = thread.spawn(move || admit(&gate, &text).is_ok()).unwrap().join().unwrap();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?} for {shown}", start.elapsed());
    passed
}

/// Limits of bytes and tokens out of the way, so that the parser meets the whole document.
fn roomy() -> TestGate {
    gate_with(Limits { document_bytes: 10_000_000, tokens: 10_000_000, ..Limits::default() })
}

#[test]
fn nesting_without_end_is_refused_and_overflows_nothing() {
    let gates = [gate(), roomy()];
    for deep in [30, 70, 300, 1_300, 100_000] {
        for text in [
            "[".repeat(deep),
            "{".repeat(deep),
            "{a:".repeat(deep),
            "{ a ".repeat(deep),
            format!("{{ echo(text: {}", "[".repeat(deep)),
            format!("{{ echo(text: {}{}) }}", "[".repeat(deep), "]".repeat(deep)),
            format!("{{ echo(text: {}1{}) }}", "{a:".repeat(deep), "}".repeat(deep)),
            format!("{{ echo(text: {}1{}) }}", "[{a:".repeat(deep), "}]".repeat(deep)),
            format!("query ($a: {}Int{}) {{ lists(of: $a) }}", "[".repeat(deep), "]".repeat(deep)),
            format!("query ($a: Int = {}1{}) {{ lists(of: $a) }}", "[".repeat(deep), "]".repeat(deep)),
            format!("{{ organisations {{ nodes {{ {} id {} }} }} }}", "parent {".repeat(deep), "}".repeat(deep)),
            format!("{{ {} echo {} }}", "... {".repeat(deep), "}".repeat(deep)),
            format!("{{ {} echo {} }}", "... on Query {".repeat(deep), "}".repeat(deep)),
            format!("query {} {{ echo }}", "@a(b: [".repeat(deep)),
            format!("{{ echo {} }}", "@skip(if: ".repeat(deep)),
        ] {
            for gate in &gates {
                // Thirty levels of inline fragments are within the limits.
                let allowed = deep == 30 && text.contains("...");
                assert_eq!(on_a_small_stack(gate, text.clone()), allowed, "{deep}: {:.60}", text);
            }
        }
    }
}

#[test]
fn the_deepest_document_that_passes_the_parser_overflows_nothing() {
    // Without our own limits, so that validation and conversion meet all that the parser lets through.
    let gate =
        gate_with(Limits { depth: 1_000, nesting: 1_000, selections: 100_000, cost: u64::MAX, ..Limits::default() });
    for deep in 1..70 {
        for text in [
            format!("{{ echo(text: {}1{}) }}", "[".repeat(deep), "]".repeat(deep)),
            format!("{{ sum(lines: {}{{}}{}) }}", "{below: ".repeat(deep), "}".repeat(deep)),
            format!("query ($a: {}Int{}) {{ lists(of: $a) }}", "[".repeat(deep), "]".repeat(deep)),
            format!("{{ organisations {{ nodes {{ {} id {} }} }} }}", "parent {".repeat(deep), "}".repeat(deep)),
            format!("{{ {} echo {} }}", "... {".repeat(deep), "}".repeat(deep)),
        ] {
            on_a_small_stack(&gate, text);
        }
    }
}

fn doubling(fragments: usize, last: &str) -> String {
    let mut text = "{ ...F0 }".to_owned();
    for number in 0..fragments {
        let next = number + 1;
        text += &format!(" fragment F{number} on Query {{ ...F{next} ...F{next} }}");
    }
    text + &format!(" fragment F{fragments} on Query {{ {last} }}")
}

#[test]
fn fragments_that_double_are_counted_and_not_followed() {
    let gate = gate();
    for text in [
        doubling(26, "echo"),
        doubling(26, "a: echo"),
        doubling(26, "...F0"),
        doubling(13, "__typename"),
        doubling(400, "echo"),
        doubling(30, "nothing"),
    ] {
        assert!(!on_a_small_stack(&gate, text));
    }
    assert!(on_a_small_stack(&gate, doubling(3, "echo")));
    // A chain as long as a document can hold, used and not used.
    let chain: String = (0..1_000).map(|number| format!("fragment F{number} on Query{{...F{}}}", number + 1)).collect();
    assert!(!on_a_small_stack(&roomy(), format!("{{...F0}}{chain}fragment F1000 on Query{{echo}}")));
    assert!(!on_a_small_stack(&roomy(), format!("{{echo}}{chain}fragment F1000 on Query{{echo}}")));
}

#[test]
fn long_documents_are_refused_quickly() {
    let gate = gate();
    let aliases: String = (0..3_000).map(|number| format!("a{number}:echo ")).collect();
    let arguments: String = (0..1_500).map(|number| format!("a{number}:1 ")).collect();
    let variables: String = (0..1_000).map(|number| format!("$a{number}:Int ")).collect();
    let lists: String = (0..1_000).map(|number| format!("{number} ")).collect();
    let operations: String = (0..600).map(|number| format!("query A{number}{{...F}}")).collect();
    let conflicts: String = (0..1_000).map(|number| format!("organisations(first:{number}){{total}}")).collect();
    for text in [
        "#\n".repeat(8_000),
        format!("{{ echo }}{}", "#\n".repeat(8_000)),
        format!("{{ echo }}{}", " ,".repeat(30_000)),
        format!("{{ {aliases} }}"),
        format!("{{ {} }}", "echo ".repeat(3_900)),
        format!("{{ echo({arguments}) }}"),
        format!("query ({variables}) {{ echo }}"),
        format!("{{ lists(of: [[{lists}]]) {} }}", "nothing ".repeat(1_000)),
        format!("{operations} fragment F on Query {{ {} }}", "echo ".repeat(1_000)),
        format!("{{ {} }}", "echo @skip(if: true) ".repeat(600)),
        format!("{{ echo {} }}", "@skip(if: true) ".repeat(800)),
        format!("{{ {conflicts} }}"),
        format!("{{ organisations {{ {} }} }}", "nodes { id } ".repeat(1_000)),
        "\u{0}".repeat(60_000),
        "\"".repeat(60_000),
        "...".repeat(20_000),
        "é".repeat(30_000),
        format!("{{ echo(text: \"{} }}", "\\u".repeat(20_000)),
        format!("{{ echo(text: \"\"\"{} }}", "\\\"\"\"".repeat(10_000)),
    ] {
        on_a_small_stack(&gate, text);
    }
}

#[test]
fn the_dearest_document_that_passes_is_still_cheap() {
    // As many selections below one root as the limits allow, in the order that is hardest to merge.
    let gate = gate();
    let fields = "nodes { id name level parent { id name } } ".repeat(150);
    assert!(on_a_small_stack(&gate, format!("{{ organisations(first: 1) {{ {fields} }} }}")));
    let spread = "...F ".repeat(60);
    let text = format!(
        "{{ organisations(first: 1) {{ nodes {{ {spread} }} }} }} fragment F on Organisation {{ {} }}",
        "id name ".repeat(30)
    );
    assert!(on_a_small_stack(&gate, text));
}

#[tokio::test]
async fn admitted_documents_at_the_limits_are_executed() {
    let gate = gate();
    let text = format!("{{ organisations {{ nodes {{ {} id {} }} }} }}", "parent {".repeat(13), "}".repeat(13));
    let answer = run(&gate, request(&text, Value::Null)).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    let text = format!("{{ {} echo {} }}", "... {".repeat(32), "}".repeat(32));
    let answer = run(&gate, request(&text, Value::Null)).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    assert_eq!(
        refused(&gate, &format!("{{ {} echo {} }}", "... {".repeat(33), "}".repeat(33))).0,
        ErrorCode::QueryTooComplex
    );
}
