//! What was acknowledged survives: the real program is killed in the middle of concurrent submissions.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::story::{IMPORT, SAVE, code, procedure};
use crate::support::{Engine, Process};

/// The months that can be reported: ninety-six forms for each of several units would be more than a test
/// needs; every unit's months give over two hundred.
const UNITS: [&str; 5] = ["VHXH", "KTHTDT", "TTPVHCC", "TTSNC", "VP"];

async fn nothing_acknowledged_is_lost(engine: Engine) {
    let mut process = Process::start(engine).await;
    let one_stop = process.person("onestop").await;
    // In force long ago, so that many months can be reported.
    let list: Vec<Value> = (1..=50)
        .map(|number| {
            let mut one = procedure(&code(number));
            one["effectiveFrom"] = json!("2020-01-01");
            one
        })
        .collect();
    let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": list } });
    one_stop.ask(IMPORT, json!({ "input": input })).await.ok();

    let lines: Vec<Value> =
        (1..=50).map(|number| json!({ "procedure": code(number), "receivedOnline": 3, "resolvedOnTime": 3 })).collect();
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::new();
    for unit in UNITS {
        let officer = process.person(&format!("{}.officer", unit.to_lowercase())).await;
        for month in 0..40_u32 {
            let period = format!("{}-M{:02}", 2021 + month / 12, month % 12 + 1);
            let (officer, lines, acknowledged) = (officer.clone(), lines.clone(), Arc::clone(&acknowledged));
            tasks.push(tokio::spawn(async move {
                let input = json!({ "organisation": unit, "period": period, "lines": lines });
                let answer = officer.try_ask(SAVE, json!({ "input": input })).await.ok()?;
                let saved = answer.body.pointer("/data/saveDossierStatistics/submission/id")?.clone();
                acknowledged.fetch_add(1, Ordering::SeqCst);
                Some((unit, saved))
            }));
        }
    }
    // In the middle: some are acknowledged, most are under way.
    while acknowledged.load(Ordering::SeqCst) < 20 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    process.kill();
    let mut saved = Vec::new();
    for task in tasks {
        saved.extend(task.await.unwrap());
    }
    assert!((20..200).contains(&saved.len()), "{} were acknowledged before the end", saved.len());

    process.restart().await;
    for unit in UNITS {
        let officer = process.person(&format!("{}.officer", unit.to_lowercase())).await;
        let all = "query($after: String) { submissions(first: 100, after: $after) { nodes { id dossierStatistics { lines { totalCount } } events { action } } } }";
        let answer = officer.ask(all, json!({})).await.ok();
        let nodes = answer.data("/submissions/nodes").as_array().unwrap().clone();
        for (_, id) in saved.iter().filter(|(of, _)| *of == unit) {
            assert!(nodes.iter().any(|node| node["id"] == *id), "an acknowledged form of {unit} is gone");
        }
        for node in &nodes {
            // Whatever is there is whole: all lines, and its entry in the history.
            assert_eq!(node["dossierStatistics"]["lines"]["totalCount"], 50);
            assert_eq!(node["events"].as_array().unwrap().len(), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_nothing_acknowledged_is_lost_sqlite() {
    nothing_acknowledged_is_lost(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_nothing_acknowledged_is_lost_postgres() {
    nothing_acknowledged_is_lost(Engine::Postgres).await;
}
