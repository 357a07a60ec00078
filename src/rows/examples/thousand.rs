//! 1,000 rows of ten fields: the engine's derive against row objects. `cargo run --release --example thousand`
#![expect(clippy::print_stdout, reason = "it prints its figures")]

use std::sync::Arc;
use std::time::Instant;

use async_graphql::{EmptyMutation, EmptySubscription, ID, Object, Request, Result, Schema, ValidationMode};
use rows::{Rows, row_object};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Clone)]
struct Data {
    id: String,
    key: String,
    code: String,
    n: i64,
    d: i64,
    value: String,
    missing: i32,
    rev: i64,
    sup: Option<i64>,
    at: String,
}

macro_rules! row {
    ($name:ident, $object:meta, [$($plain:tt)?]) => {
        #[derive(Clone)]
        struct $name(Arc<Data>);

        #[$object]
        impl $name {
            $($plain)? fn id(&self) -> ID {
                ID(self.0.id.clone())
            }
            $($plain)? fn key(&self) -> String {
                self.0.key.clone()
            }
            $($plain)? fn indicator_code(&self) -> &str {
                &self.0.code
            }
            $($plain)? fn numerator(&self) -> Result<Option<i64>> {
                Ok(Some(self.0.n))
            }
            $($plain)? fn denominator(&self) -> Result<Option<i64>> {
                Ok(Some(self.0.d))
            }
            $($plain)? fn value(&self) -> Result<Option<String>> {
                Ok(Some(self.0.value.clone()))
            }
            $($plain)? fn missing(&self) -> i32 {
                self.0.missing
            }
            $($plain)? fn revision(&self) -> i64 {
                self.0.rev
            }
            $($plain)? fn superseded_revision(&self) -> Option<i64> {
                self.0.sup
            }
            $($plain)? fn recorded_at(&self) -> &str {
                &self.0.at
            }
            async fn loaded(&self) -> i64 {
                self.0.rev
            }
        }
    };
}

row!(ObjectRow, Object, [async]);
row!(PlainRow, row_object, []);

struct Query(Vec<Arc<Data>>);

/// The engine's own root.
#[Object]
impl Query {
    async fn object(&self) -> Vec<ObjectRow> {
        self.0.iter().map(|row| ObjectRow(Arc::clone(row))).collect()
    }
    async fn single(&self) -> Vec<PlainRow> {
        self.0.iter().map(|row| PlainRow(Arc::clone(row))).collect()
    }
    async fn planned(&self) -> Rows<Vec<PlainRow>> {
        Rows(self.0.iter().map(|row| PlainRow(Arc::clone(row))).collect())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> serde_json::Result<()> {
    let row = |i: i64| Data {
        id: format!("b2JzZXJ2YXRpb246MDdjNzBjMTYtZmY2YS0wZGRh{i}"),
        key: format!("II.2.a.3-3.RESOLVED:7c11d1de-038d-afa{i}:2026-Q1"),
        code: "II.2.a.3-3".into(),
        n: i,
        d: 1000,
        value: "12.34".into(),
        missing: 0,
        rev: i,
        sup: None,
        at: "2026-12-01T10:00:00Z".into(),
    };
    let rows = (0..1000).map(|i| Arc::new(row(i))).collect();
    let fast = ValidationMode::Fast;
    let schema = Schema::build(Query(rows), EmptyMutation, EmptySubscription).validation_mode(fast).finish();
    let ten = "id key indicatorCode numerator denominator value missing revision supersededRevision recordedAt";
    for (fields, what) in [(ten.to_owned(), "plain"), (format!("{ten} loaded"), "with one loaded")] {
        for (name, text) in [("object", false), ("single", false), ("planned", false), ("planned", true)] {
            let query = format!("{{{name}{{{fields}}}}}");
            let (mut execute, mut serialise, mut bytes) = (f64::MAX, f64::MAX, 0);
            for _ in 0..200 {
                let request = Request::new(query.clone());
                let request = if text { request.data(rows::Text) } else { request };
                let begun = Instant::now();
                let response = schema.execute(request).await;
                execute = execute.min(begun.elapsed().as_secs_f64() * 1e3);
                assert!(response.errors.is_empty(), "{:?}", response.errors);
                let begun = Instant::now();
                let json = if text { rows::to_json(&response)? } else { serde_json::to_vec(&response)? };
                serialise = serialise.min(begun.elapsed().as_secs_f64() * 1e3);
                bytes = json.len();
            }
            let text = if text { ", text" } else { "" };
            println!("{what}: {name}{text}: execute {execute:.2} ms, serialise {serialise:.2} ms, {bytes} bytes");
        }
    }
    Ok(())
}
