//! The schema: as it is written down, described throughout, and completed as the specification says.

use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Schema};
use async_graphql::{EmptyMutation, EmptySubscription, Object};
use serde_json::{Value, json};

use crate::support::{Engine, Ward};

#[test]
fn the_written_schema_is_the_programs() {
    let written = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql")).unwrap();
    // The difference itself is for a diff tool: the file has thousands of lines.
    assert!(written == api::schema::sdl(), "run: reform-api schema > schema.graphql");
}

#[test]
fn everything_is_described() {
    let schema = Schema::parse_and_validate(api::schema::sdl(), "schema.graphql").unwrap();
    let mut bare = Vec::new();
    let empty = |description: Option<&str>| description.is_none_or(|text| text.trim().len() < 5);
    for (name, definition) in &schema.types {
        if definition.is_built_in() {
            continue;
        }
        if empty(definition.description().map(|text| text.as_str())) {
            bare.push(name.to_string());
        }
        match definition {
            ExtendedType::Object(object) => {
                for (field, definition) in &object.fields {
                    if empty(definition.description.as_deref()) {
                        bare.push(format!("{name}.{field}"));
                    }
                    for argument in &definition.arguments {
                        if empty(argument.description.as_deref()) {
                            bare.push(format!("{name}.{field}({})", argument.name));
                        }
                    }
                }
            }
            ExtendedType::Interface(interface) => {
                for (field, definition) in &interface.fields {
                    if empty(definition.description.as_deref()) {
                        bare.push(format!("{name}.{field}"));
                    }
                }
            }
            ExtendedType::Enum(definition) => {
                for (value, definition) in &definition.values {
                    if empty(definition.description.as_deref()) {
                        bare.push(format!("{name}.{value}"));
                    }
                }
            }
            ExtendedType::InputObject(input) => {
                for (field, definition) in &input.fields {
                    if empty(definition.description.as_deref()) {
                        bare.push(format!("{name}.{field}"));
                    }
                }
            }
            ExtendedType::Scalar(_) | ExtendedType::Union(_) => {}
        }
    }
    assert_eq!(bare, Vec::<String>::new());
}

/// Every document of examples/, with its name.
fn examples() -> Vec<(String, String)> {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).unwrap();
    let mut found: Vec<(String, String)> = folder
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    found.sort();
    found
}

#[test]
fn the_examples_fit_the_schema() {
    let schema = Schema::parse_and_validate(api::schema::sdl(), "schema.graphql").unwrap();
    let examples = examples();
    assert!(examples.len() >= 6);
    for (name, document) in examples {
        if let Err(faults) = ExecutableDocument::parse_and_validate(&schema, document, &name) {
            panic!("{}", faults.errors);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_are_answered() {
    let ward = Ward::start(Engine::Sqlite).await;
    let one_stop = ward.one_stop().await;
    // Variables that no document declares are passed over, so that one set does for all.
    let variables = json!({ "period": "2026-Q1", "organisation": "AN-BIEN", "programme": "AN-BIEN-2026-2030",
        "on": "2026-03-14", "from": "2025-12-15", "to": "2026-03-14" });
    for (name, document) in examples() {
        if name == "live.graphql" {
            continue;
        }
        let answer = one_stop.ask(&document, variables.clone()).await;
        assert_eq!(answer.body["errors"], Value::Null, "{name}");
    }
}

struct Probe;

#[Object]
impl Probe {
    async fn slow(&self) -> i32 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        1
    }
    async fn quick(&self) -> i32 {
        2
    }
    async fn required(&self) -> async_graphql::Result<i32> {
        Err("broken".into())
    }
    async fn optional(&self) -> Option<Result<i32, async_graphql::Error>> {
        Some(Err("broken".into()))
    }
    async fn parent(&self) -> Option<Probe> {
        Some(Probe)
    }
}

/// What async-graphql 7.0.19 does by the specification and 7.1.0 and later do not. Whoever upgrades sees here
/// whether it has been mended.
#[tokio::test]
async fn the_engine_completes_objects_by_the_specification() {
    let schema = async_graphql::Schema::new(Probe, EmptyMutation, EmptySubscription);
    let run = async |document: &str| serde_json::to_string(&schema.execute(document).await.data).unwrap();
    // Keys come in the order in which they were asked for, whichever is ready first.
    assert_eq!(run("{ slow quick }").await, r#"{"slow":1,"quick":2}"#);
    // A failing non-null field makes its parent null; no key is left out.
    assert_eq!(run("{ quick parent { quick required } }").await, r#"{"quick":2,"parent":null}"#);
    // A failing nullable field is null itself, and its parent stays.
    assert_eq!(run("{ parent { quick optional } }").await, r#"{"parent":{"quick":2,"optional":null}}"#);
    // An object of which everything is skipped is an empty one.
    assert_eq!(run("{ parent { quick @skip(if: true) } }").await, r#"{"parent":{}}"#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_record_is_found_by_its_identifier() {
    let ward = Ward::start(Engine::Sqlite).await;
    let chair = ward.chair().await;
    let ids = chair
        .ask(
            "{ programme { id root { id } } targets(first: 1) { nodes { id } } tasks(first: 1) { nodes { id } } }",
            json!({}),
        )
        .await
        .ok();
    let ids: Vec<Value> = ["/programme/id", "/programme/root/id", "/targets/nodes/0/id", "/tasks/nodes/0/id"]
        .iter()
        .map(|pointer| ids.data(pointer).clone())
        .collect();
    let mut asked = ids.clone();
    asked.push(json!("nonsense"));
    let found =
        chair.ask("query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", json!({ "ids": asked })).await.ok();
    let types: Vec<&Value> = found.data("/nodes").as_array().unwrap().iter().map(|node| &node["__typename"]).collect();
    assert_eq!(json!(types), json!(["Programme", "Organisation", "Target", "Task", null]));
    assert_eq!(found.data("/nodes/1/id"), &ids[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn periods_are_offered() {
    let ward = Ward::start(Engine::Sqlite).await;
    let document = "{ quarters: reportingPeriods(calendar: ND09, kind: QUARTER, year: 2026) { code startDate endDate }
        budget: reportingPeriods(calendar: BUDGET_YEAR, kind: MONTH, year: 2026) { code }
        now: reportingPeriod(calendar: ND09, kind: QUARTER) { code previous { code } }
        then: reportingPeriod(calendar: ND09, kind: QUARTER, day: \"2026-03-15\") { code } }";
    let answer = ward.analytics().await.ask(document, json!({})).await.ok();
    let first = json!({ "code": "2026-Q1", "startDate": "2025-12-15", "endDate": "2026-03-14" });
    assert_eq!(answer.data("/quarters/0"), &first);
    assert_eq!(answer.data("/budget").as_array().unwrap().len(), 13);
    assert_eq!(answer.data("/now"), &json!({ "code": "2026-Q4", "previous": { "code": "2026-Q3" } }));
    assert_eq!(answer.data("/then/code"), "2026-Q2");
}
