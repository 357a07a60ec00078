//! Headcount: breakdowns that add up, figures that rest on them, and what those outside can't work out.

use std::collections::BTreeMap;

use access::role::Role;
use base::account::service::accounts;
use base::account::service::accounts::GrantOn;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::story::{figure, figures};
use crate::support::{Client, Ward, on_both_engines};
use crate::templates::{Form, SAVE, row};

/// The units that owe the form.
const UNITS: [&str; 5] = ["VHXH", "KTHTDT", "TTPVHCC", "TTSNC", "VP"];
/// The breakdowns, each with the two rows that staff stand in unless said otherwise.
const BREAKDOWNS: [(&str, [&str; 2]); 10] = [
    ("SEX", ["WOMEN", "MEN"]),
    ("AGE_BAND", ["FROM_31_TO_40", "FROM_41_TO_50"]),
    ("EDUCATION", ["MASTER", "UNIVERSITY"]),
    ("RANK", ["PRINCIPAL", "EXPERT"]),
    ("POLITICAL_THEORY", ["ADVANCED", "INTERMEDIATE"]),
    ("DIGITAL_SKILL", ["CERTIFIED", "NOT_CERTIFIED"]),
    ("SCIENCE_TECHNOLOGY", ["YES", "NO"]),
    ("ETHNIC_MINORITY", ["YES", "NO"]),
    ("PARTY_MEMBER", ["YES", "NO"]),
    ("YOUNG", ["YOUNG", "NOT_YOUNG"]),
];
/// Below this a number is small: the parameter SMALL_CELL_THRESHOLD.
const THRESHOLD: i64 = 5;

/// How the staff of a unit are broken down where not by halves: table, row, people.
pub type Breakdown<'a> = &'a [(&'a str, &'a [(&'a str, i64)])];

/// The cells of a unit of so many civil servants.
fn staff(people: i64, otherwise: Breakdown<'_>) -> Vec<Value> {
    staff_of("CIVIL_SERVANT", people, otherwise)
}

/// The cells of a unit of so many of a category.
pub fn staff_of(category: &str, people: i64, otherwise: Breakdown<'_>) -> Vec<Value> {
    let mut cells = vec![json!({ "table": "AS_OF", "row": "TOTAL", "field": "asOf", "date": "2026-06-14" })];
    cells.extend(row("PRESENT", category, &[("present", people)]));
    for (table, [first, second]) in BREAKDOWNS {
        let halves = [(first, people / 2), (second, people - people / 2)];
        let said = otherwise.iter().find(|(code, _)| *code == table).map_or(halves.as_slice(), |(_, rows)| rows);
        for (code, number) in said {
            cells.extend(row(table, code, &[("present", *number)]));
        }
    }
    cells
}

pub const fn headcount<'a>(unit: &'a str, period: &'a str) -> Form<'a> {
    Form { unit, form: "HEADCOUNT", period }
}

async fn granted(ward: &Ward, username: &str, role: Role, organisation: &str) {
    let from = chrono::NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
    let on = GrantOn { programme: None, organisation, from, to: None };
    accounts::grant(ward.app(), username, role, &on).await.unwrap();
    ward.app().callers.invalidate_all();
}

/// The numbers of a consolidated form by table and row; none where one is suppressed.
async fn sums(client: &Client, period: &str, organisation: &str) -> BTreeMap<(String, String), Option<i64>> {
    let document = format!(
        "{{ consolidatedForm(form: HEADCOUNT, period: \"{period}\", organisation: \"{organisation}\") {{
            cells {{ table row value suppressed }} submissions {{ edition }} missingOrganisations {{ code }} }} }}"
    );
    let answer = client.ask(&document, json!({})).await.ok();
    let cells = answer.data("/consolidatedForm/cells").as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    cells
        .iter()
        .map(|cell| {
            let suppressed = cell["suppressed"] == true;
            assert!(!suppressed || cell["value"].is_null(), "{cell}");
            let value = (!suppressed).then(|| cell["value"].as_i64().unwrap_or(0));
            ((text(&cell["table"]), text(&cell["row"])), value)
        })
        .collect()
}

/// What a client is told of the ward's figure: `numerator/denominator value STATUS`, or that it is suppressed.
async fn told(client: &Client, indicator: &str, period: &str) -> String {
    let document = format!(
        "{{ indicatorObservations(indicators: [\"{indicator}\"], organisations: [\"AN-BIEN\"], period: \"{period}\") {{
            nodes {{ numerator denominator value status missing suppressed }} }} }}"
    );
    let answer = client.ask(&document, json!({})).await.ok();
    let Some(node) = answer.data("/indicatorObservations/nodes").get(0).cloned() else { return "none".to_owned() };
    if node["suppressed"] == true {
        let hidden = json!({ "numerator": null, "denominator": null, "value": null, "status": "NO_DATA", "missing": 0, "suppressed": true });
        assert_eq!(node, hidden);
        return "suppressed".to_owned();
    }
    format!("{}/{} {}", node["numerator"], node["denominator"], node["status"].as_str().unwrap())
}

/// Everybody outside the unit VP, the standing body and the Chair.
async fn outsiders(ward: &Ward) -> Vec<(&'static str, Client)> {
    vec![
        ("officer", ward.officer("KTHTDT").await),
        ("head", ward.head("TTPVHCC").await),
        ("psc", ward.public_service_centre().await),
        ("finance", ward.finance().await),
        ("onestop", ward.one_stop().await),
        ("oversight", ward.oversight().await),
        ("city", ward.upper_level().await),
        ("analytics", ward.analytics().await),
        ("admin", ward.admin().await),
    ]
}

/// The global identifiers of what an insider finds.
async fn ids(client: &Client, document: &str, pointer: &str) -> Vec<String> {
    let answer = client.ask(document, json!({})).await.ok();
    let nodes = answer.data(pointer).as_array().unwrap().clone();
    nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}

const RESTING: &str = "[\"II.6.a.6\", \"II.4.a.1-WOMEN\", \"II.4.a.1-YOUNG\", \"II.4.a.1-SCIENCE_TECHNOLOGY\"]";

/// All figures that rest on the headcount and that a client finds, with everything that he may ask of them.
async fn resting(client: &Client, more: &str) -> Vec<Value> {
    let document = format!(
        "{{ indicatorObservations(programme: \"AN-BIEN-2026-2030\", indicators: {RESTING}, first: 1000 {more}) {{
            totalCount nodes {{ id indicatorCode organisation {{ code }} period {{ code }} numerator denominator value status
                missing suppressed evaluations {{ status }} }} }} }}"
    );
    let answer = client.ask(&document, json!({})).await.ok();
    let nodes = answer.data("/indicatorObservations/nodes").as_array().unwrap().clone();
    assert_eq!(answer.data("/indicatorObservations/totalCount"), &json!(nodes.len()));
    nodes
}

fn at(instant: DateTime<Utc>) -> String {
    format!(", asOf: \"{}\"", instant.to_rfc3339_opts(SecondsFormat::Micros, true))
}

/// The ward of the attempts: VP has 3 women, 3 people with science and technology and 3 below 31, all of the ward's.
fn of_vp(women: i64) -> Vec<Value> {
    staff(
        20,
        &[
            ("SEX", &[("WOMEN", women), ("MEN", 20 - women)]),
            ("SCIENCE_TECHNOLOGY", &[("YES", 3), ("NO", 17)]),
            ("AGE_BAND", &[("UP_TO_30", 3), ("FROM_31_TO_40", 7), ("FROM_41_TO_50", 10)]),
        ],
    )
}

fn of_others() -> Vec<Value> {
    staff(20, &[("SCIENCE_TECHNOLOGY", &[("NO", 20)])])
}

on_both_engines! {
    async fn a_breakdown_that_does_not_add_up_names_dimension_and_difference(ward: Ward) {
        let form = headcount("VP", "2026-H1");
        let cells = staff(20, &[("SEX", &[("WOMEN", 9), ("MEN", 10)]), ("RANK", &[("EXPERT", 22)])]);
        let answer = form.save(&ward, &cells, 0).await.ok();
        let faults = answer.user_errors("saveForm");
        let said: Vec<(&Value, &Value, &Value)> = faults.iter().map(|one| (&one["code"], &one["expected"], &one["given"])).collect();
        assert_eq!(json!(said), json!([["SUM_MISMATCH", "20", "19"], ["SUM_MISMATCH", "20", "22"]]));
        let message = faults[0]["message"].as_str().unwrap();
        assert!(message.starts_with("Added up by sex:") && message.ends_with("which is 20; the difference is -1."), "{message}");
        let message = faults[1]["message"].as_str().unwrap();
        assert!(message.starts_with("Added up by rank:") && message.ends_with("the difference is 2."), "{message}");
        let vietnamese = ward.officer("VP").await.in_vietnamese().ask(SAVE, json!({ "input": form.input(&cells, 0) })).await.ok();
        assert!(vietnamese.user_errors("saveForm")[0]["message"].as_str().unwrap().contains("giới tính"));
        // People on contract are no staff: no breakdown holds them.
        let mut cells = staff(20, &[]);
        cells.extend(row("PRESENT", "SUPPORT_CONTRACT", &[("present", 4)]));
        cells.extend(row("PRESENT", "NON_PROFESSIONAL", &[("present", 1)]));
        // The day is asked for, whatever else is said.
        let undated = form.save(&ward, &cells[1..], 0).await.ok();
        assert_eq!(undated.user_errors("saveForm")[0]["field"], json!(["cells", "AS_OF", "TOTAL", "asOf"]));
        form.accepted(&ward, &cells).await;
        let values = ward.standing_body().await.ask(
            "{ measureValues(measures: [\"HEADCOUNT.STAFF\", \"HEADCOUNT.CIVIL_SERVANT\", \"HEADCOUNT.SUPPORT_CONTRACT\", \"HEADCOUNT.WOMEN\"], first: 100) { nodes { measureCode value } } }",
            json!({}),
        ).await.ok();
        let found: BTreeMap<String, i64> = values.data("/measureValues/nodes").as_array().unwrap().iter()
            .map(|one| (one["measureCode"].as_str().unwrap().to_owned(), one["value"].as_i64().unwrap())).collect();
        let expected = [("HEADCOUNT.CIVIL_SERVANT", 20), ("HEADCOUNT.STAFF", 20), ("HEADCOUNT.SUPPORT_CONTRACT", 4), ("HEADCOUNT.WOMEN", 10)];
        assert_eq!(found, expected.map(|(code, value)| (code.to_owned(), value)).into());
    }

    async fn no_staff_is_no_data(ward: Ward) {
        headcount("VP", "2026-H1").accepted(&ward, &staff(0, &[])).await;
        assert_eq!(figure(&ward.standing_body().await, "II.6.a.6", "2026-H1").await, "0/0 - NO_DATA");
        assert_eq!(figures(&ward.officer("VP").await, "II.6.a.6", "VP", "2026-H1", "").await[0]["status"], "NO_DATA");
        assert_eq!(told(&ward.analytics().await, "II.6.a.6", "2026-H1").await, "suppressed");
    }

    async fn a_unit_reads_its_own_breakdown_and_no_other(ward: Ward) {
        for unit in UNITS {
            headcount(unit, "2026-H1").accepted(&ward, &of_others()).await;
        }
        let read = "query($by: SubmissionReference!) { submission(by: $by) { id cells { row count } events { action } } }";
        let by = |unit: &'static str| json!({ "by": headcount(unit, "2026-H1").key() });
        let consolidated = |unit: &str| format!("{{ consolidatedForm(form: HEADCOUNT, period: \"2026-H1\", organisation: \"{unit}\") {{ cells {{ value suppressed }} }} }}");
        for (name, client) in outsiders(&ward).await {
            assert_eq!(client.ask(read, by("VP")).await.ok().data("/submission"), &json!(null), "{name}");
            assert_eq!(client.ask(&consolidated("VP"), json!({})).await.code(), "NOT_FOUND", "{name}");
            assert_eq!(figures(&client, "II.6.a.6", "VP", "2026-H1", "").await, Vec::<Value>::new(), "{name}");
        }
        for (client, unit) in [(ward.officer("VP").await, "VP"), (ward.head("VP").await, "VP"), (ward.public_service_centre().await, "TTSNC"), (ward.standing_body().await, "VP"), (ward.chair().await, "VP")] {
            let own = client.ask(read, by(unit)).await.ok();
            assert!(own.data("/submission/cells").as_array().unwrap().len() > 20);
            assert_eq!(figures(&client, "II.6.a.6", unit, "2026-H1", "").await[0]["numerator"], 10);
            let own = client.ask(&consolidated(unit), json!({})).await.ok();
            assert!(own.data("/consolidatedForm/cells").as_array().unwrap().iter().all(|cell| cell["suppressed"] == false));
        }
    }

    async fn digital_skills_come_to_their_target_in_three_periods(ward: Ward) {
        let (analytics, standing) = (ward.analytics().await, ward.standing_body().await);
        let certified = |number: i64| staff(20, &[("DIGITAL_SKILL", &[("CERTIFIED", number), ("NOT_CERTIFIED", 20 - number)])]);
        for (count, unit) in UNITS.iter().enumerate() {
            // Until all have reported, those outside see that there is something, and nothing of it.
            let expected = if count == 0 { "none" } else { "suppressed" };
            assert_eq!(told(&analytics, "II.6.a.6", "2026-H1").await, expected);
            headcount(unit, "2026-H1").accepted(&ward, &certified(12)).await;
            assert_eq!(told(&standing, "II.6.a.6", "2026-H1").await, format!("{}/{} NOT_DUE", 12 * (count + 1), 20 * (count + 1)));
        }
        for unit in UNITS {
            headcount(unit, "2026-H2").accepted(&ward, &certified(14)).await;
        }
        ward.clock().set("2027-06-20T02:00:00Z".parse().unwrap());
        for unit in UNITS {
            headcount(unit, "2027-H1").accepted(&ward, &certified(20)).await;
        }
        let (analytics, standing, city) = (ward.analytics().await, ward.standing_body().await, ward.upper_level().await);
        for (period, expected) in [("2026-H1", "60/100 NOT_DUE"), ("2026-H2", "70/100 NOT_DUE"), ("2027-H1", "100/100 ACHIEVED")] {
            for client in [&analytics, &standing, &city] {
                assert_eq!(told(client, "II.6.a.6", period).await, expected);
            }
        }
        assert_eq!(figure(&analytics, "II.4.a.1-WOMEN", "2027-H1").await, "50/100 50.00 NO_TARGET");
        // A year is what it ends with: for those inside. Nobody owes the form for a year.
        assert_eq!(figure(&standing, "II.6.a.6", "2026").await, "70/100 70.00 NOT_DUE");
        assert_eq!(told(&analytics, "II.6.a.6", "2026").await, "none");
        let overview = "{ programmeOverview(period: \"2027-H1\") { targets { target { section } status series { current { value } previous { value } } } } }";
        let found = city.ask(overview, json!({})).await.ok();
        let tile = found.data("/programmeOverview/targets").as_array().unwrap().iter().find(|tile| tile["target"]["section"] == "II.6.a.6").unwrap().clone();
        assert_eq!(tile["status"], "ACHIEVED");
        assert_eq!(tile["series"], json!([{ "current": { "value": "100.00" }, "previous": { "value": "70.00" } }]));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn a_suppressed_cell_can_not_be_worked_out(ward: Ward) {
        let mut moments = Vec::new();
        // Who is told what, while the units come in one by one.
        let mut shown: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
        let mut look = async |ward: &Ward| {
            for (name, client) in outsiders(ward).await {
                for node in resting(&client, "").await {
                    if node["organisation"]["code"] == "AN-BIEN" && node["suppressed"] == false {
                        let key = (name.to_owned(), node["indicatorCode"].as_str().unwrap().to_owned());
                        let parts = json!([node["numerator"], node["denominator"]]);
                        let known = shown.entry(key).or_default();
                        if !known.contains(&parts) {
                            known.push(parts);
                        }
                    }
                }
            }
        };
        for unit in ["VHXH", "KTHTDT", "TTPVHCC", "TTSNC"] {
            headcount(unit, "2026-H1").accepted(&ward, &of_others()).await;
            ward.clock().set(ward.clock().now() + chrono::Duration::minutes(1));
            moments.push(ward.clock().now());
            look(&ward).await;
        }
        // One unit reports by quarter, too; the others don't.
        headcount("VP", "2026-Q2").accepted(&ward, &of_vp(3)).await;
        moments.push(ward.clock().now() + chrono::Duration::seconds(30));
        let version = headcount("VP", "2026-H1").accepted(&ward, &of_vp(3)).await;
        ward.clock().set(ward.clock().now() + chrono::Duration::minutes(1));
        moments.push(ward.clock().now());
        look(&ward).await;

        let standing = ward.standing_body().await;
        assert_eq!(told(&standing, "II.4.a.1-SCIENCE_TECHNOLOGY", "2026-H1").await, "3/100 NO_TARGET");
        let observations = ids(&standing, &format!("{{ indicatorObservations(indicators: {RESTING}, first: 1000) {{ nodes {{ id }} }} }}"), "/indicatorObservations/nodes").await;
        let values = ids(&standing, "{ measureValues(measures: [\"HEADCOUNT.WOMEN\", \"HEADCOUNT.STAFF\", \"HEADCOUNT.SCIENCE_TECHNOLOGY\"], first: 1000) { nodes { id organisation { code } } } }", "/measureValues/nodes").await;
        let submissions = ids(&standing, "{ submissions(form: HEADCOUNT, first: 100) { nodes { id } } }", "/submissions/nodes").await;
        let known = (observations.len(), values.len(), submissions.len());
        assert!(known.0 > 20 && known.1 > 10 && known.2 == 6, "{known:?}");

        for (name, client) in outsiders(&ward).await {
            // Figures: of the ward alone, for the half-year alone; what is small, or stands beside something small, is
            // suppressed: science and technology, and young staff, who would be two age bands.
            let own = match name { "officer" => Some("KTHTDT"), "head" => Some("TTPVHCC"), "psc" => Some("TTSNC"), _ => None };
            let mut known: BTreeMap<String, Value> = BTreeMap::new();
            for more in std::iter::once(String::new()).chain([", changedSince: 0".to_owned()]).chain(moments.iter().map(|moment| at(*moment))) {
                for node in resting(&client, &more).await {
                    let code = node["organisation"]["code"].as_str().unwrap();
                    if Some(code) == own {
                        continue;
                    }
                    assert_eq!((code, &node["period"]["code"]), ("AN-BIEN", &json!("2026-H1")), "{name} {node}");
                    if node["suppressed"] == true {
                        assert_eq!((&node["numerator"], &node["denominator"], &node["value"]), (&json!(null), &json!(null), &json!(null)));
                        assert!(node["evaluations"].as_array().unwrap().iter().all(|one| one["status"] == "NO_DATA"));
                    } else {
                        known.insert(node["indicatorCode"].as_str().unwrap().to_owned(), json!([node["numerator"], node["denominator"]]));
                    }
                }
            }
            let expected = [("II.4.a.1-WOMEN", json!([43, 100])), ("II.6.a.6", json!([50, 100]))];
            assert_eq!(known, expected.map(|(code, parts)| (code.to_owned(), parts)).into(), "{name}");
            // Measures of other units: none, by list, by contribution, or by identifier.
            let list = client.ask("{ measureValues(first: 1000) { nodes { measureCode organisation { code } } } }", json!({})).await.ok();
            let of_others = |answer: &Value| answer.as_array().unwrap().iter().filter(|one| Some(one["organisation"]["code"].as_str().unwrap()) != own).count();
            assert_eq!(of_others(list.data("/measureValues/nodes")), 0, "{name}");
            for id in &observations {
                let drill = "query($id: ID!) { node(id: $id) { __typename ... on IndicatorObservation { organisation { code } suppressed numerator } } observationContributions(observation: $id, first: 1000) { nodes { value organisation { code } } } }";
                let answer = client.ask(drill, json!({ "id": id })).await;
                let node = answer.body.pointer("/data/node").cloned().unwrap_or_default();
                match node["organisation"]["code"].as_str() {
                    None => assert_eq!(answer.code(), "NOT_FOUND", "{name}"),
                    Some(code) => {
                        assert!(code == "AN-BIEN" || Some(code) == own, "{name}");
                        assert_eq!(of_others(answer.data("/observationContributions/nodes")), 0, "{name}");
                        assert!(node["suppressed"] == false || node["numerator"].is_null());
                    }
                }
            }
            let by_id = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on MeasureValue { organisation { code } } ... on Submission { organisation { code } } } }";
            for some in [&values, &submissions] {
                let answer = client.ask(by_id, json!({ "ids": some })).await.ok();
                let found: Vec<Value> = answer.data("/nodes").as_array().unwrap().iter().filter(|one| !one.is_null()).cloned().collect();
                assert_eq!(of_others(&json!(found)), 0, "{name}");
            }
            // Forms, their changes, the journal.
            let list = client.ask("{ submissions(form: HEADCOUNT, first: 100) { nodes { organisation { code } cells { count } } } }", json!({})).await.ok();
            assert_eq!(of_others(list.data("/submissions/nodes")), 0, "{name}");
            assert_eq!(client.ask("{ journal(last: 100) { nodes { before after } } }", json!({})).await.code(), "FORBIDDEN", "{name}");
            for id in &submissions {
                let changes = client.ask("query($id: ID!) { formChanges(id: $id, from: 1, to: 1) { before after } }", json!({ "id": id })).await;
                assert!(changes.body["errors"].is_null() || changes.code() == "NOT_FOUND", "{name}");
            }
            // The dashboard: of the ward, and of the unit.
            let overview = |unit: &str, period: &str| format!("{{ programmeOverview(organisation: \"{unit}\", period: \"{period}\") {{ targets {{ target {{ section }} status series {{ current {{ numerator }} previous {{ numerator }} samePeriodLastYear {{ numerator }} trend {{ numerator }} }} }} }} }}");
            for (unit, period, expected) in [("AN-BIEN", "2026-H1", json!(50)), ("AN-BIEN", "2026-Q2", json!(null)), ("AN-BIEN", "2026", json!(null)), ("VP", "2026-H1", json!(null)), ("VP", "2026-Q2", json!(null))] {
                let found = client.ask(&overview(unit, period), json!({})).await.ok();
                let tile = found.data("/programmeOverview/targets").as_array().unwrap().iter().find(|tile| tile["target"]["section"] == "II.6.a.6").unwrap().clone();
                let current = tile.pointer("/series/0/current/numerator").cloned().unwrap_or_default();
                assert_eq!(current, expected, "{name} {unit} {period}");
            }
            // The consolidated form: of other organisations and other periods nothing; of the half-year what guards itself.
            for period in ["2026-Q2", "2026"] {
                let found = sums(&client, period, "AN-BIEN").await;
                assert!(found.values().all(Option::is_none), "{name} {period}");
            }
            let found = sums(&client, "2026-H1", "AN-BIEN").await;
            let of_own: BTreeMap<(String, String), Option<i64>> = match own {
                Some(unit) => sums(&client, "2026-H1", unit).await,
                None => found.keys().map(|key| (key.clone(), Some(0))).collect(),
            };
            let small = |number: i64| number != 0 && number.abs() < THRESHOLD;
            for (key, value) in &found {
                let Some(value) = value else { continue };
                assert!(!small(*value) && !small(value - of_own[key].unwrap()), "{name} {key:?} {value}");
            }
            for (table, _) in BREAKDOWNS {
                let hidden: Vec<_> = found.iter().filter(|(key, value)| key.0 == table && value.is_none()).map(|(key, _)| key.clone()).collect();
                let rest: i64 = 100 - found.iter().filter(|(key, _)| key.0 == table).filter_map(|(_, value)| *value).sum::<i64>();
                assert!(hidden.len() != 1, "{name} {table}");
                assert!(!small(rest), "{name} {table}");
                let own_hidden: i64 = hidden.iter().map(|key| of_own[key].unwrap()).sum();
                assert!(!small(rest - own_hidden), "{name} {table}");
            }
            assert_eq!(found[&("SEX".to_owned(), "WOMEN".to_owned())], Some(43));
            for hidden in [("SCIENCE_TECHNOLOGY", "YES"), ("SCIENCE_TECHNOLOGY", "NO"), ("AGE_BAND", "UP_TO_30"), ("YOUNG", "YOUNG"), ("YOUNG", "NOT_YOUNG")] {
                assert_eq!(found[&(hidden.0.to_owned(), hidden.1.to_owned())], None, "{name} {hidden:?}");
            }
            // Who reported, and in which edition, is not said.
            let who = client.ask("{ consolidatedForm(form: HEADCOUNT, period: \"2026-H1\") { submissions { edition } lastYearSubmissions { edition } missingOrganisations { code } missingPeriods { periods } } }", json!({})).await.ok();
            assert_eq!(who.data("/consolidatedForm"), &json!({ "submissions": [], "lastYearSubmissions": [], "missingOrganisations": [], "missingPeriods": [] }));
        }
        // A unit's edition that changes one number by one: the ward's is suppressed rather than shown anew.
        headcount("VP", "2026-H1").take(&standing, "reopenForm", version, json!({ "reason": "Sai một người." })).await;
        let saved = ward.officer("VP").await.ask(SAVE, json!({ "input": headcount("VP", "2026-H1").input(&of_vp(4), 1) })).await.ok();
        assert_eq!(saved.user_errors("saveForm"), Vec::<Value>::new());
        let sent = headcount("VP", "2026-H1").take(&ward.head("VP").await, "submitForm", 2, json!({ "warningsNote": "Đã kiểm tra." })).await;
        headcount("VP", "2026-H1").take(&standing, "acceptForm", sent, json!({})).await;
        assert_eq!(told(&standing, "II.4.a.1-WOMEN", "2026-H1").await, "44/100 NO_TARGET");
        look(&ward).await;
        for (name, client) in outsiders(&ward).await {
            assert_eq!(told(&client, "II.4.a.1-WOMEN", "2026-H1").await, "suppressed", "{name}");
            assert_eq!(told(&client, "II.6.a.6", "2026-H1").await, "50/100 NOT_DUE", "{name}");
            assert_eq!(sums(&client, "2026-H1", "AN-BIEN").await[&("SEX".to_owned(), "MEN".to_owned())], None, "{name}");
        }
        // Whoever looked all the time was told one number of each, and nothing to subtract it from.
        assert!(shown.len() >= 18);
        for (key, parts) in &shown {
            assert_eq!(parts.len(), 1, "{key:?} {parts:?}");
        }
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn who_comes_late_or_knows_two_units_learns_nothing(ward: Ward) {
        for unit in UNITS {
            headcount(unit, "2026-H1").accepted(&ward, &staff(20, &[])).await;
        }
        let analytics = ward.analytics().await;
        assert_eq!(told(&analytics, "II.4.a.1-WOMEN", "2026-H1").await, "50/100 NO_TARGET");
        // The officer of two units could subtract both.
        granted(&ward, "kthtdt.officer", Role::UnitOfficer, "VP").await;
        let both = ward.officer("KTHTDT").await;
        assert_eq!(told(&both, "II.4.a.1-WOMEN", "2026-H1").await, "none");
        assert!(sums(&both, "2026-H1", "AN-BIEN").await.values().all(Option::is_none));
        assert_eq!(figures(&both, "II.4.a.1-WOMEN", "VP", "2026-H1", "").await.len(), 1);
        // The Front owes nothing and reports all the same: what it adds would be told by the difference.
        granted(&ward, "finance", Role::UnitOfficer, "MTTQ").await;
        granted(&ward, "admin", Role::UnitHead, "MTTQ").await;
        let cells = staff(8, &[("SEX", &[("WOMEN", 3), ("MEN", 5)]), ("DIGITAL_SKILL", &[("CERTIFIED", 8)])]);
        for period in ["2026-Q2", "2026-H1"] {
            let form = headcount("MTTQ", period);
            ward.finance().await.ask(SAVE, json!({ "input": form.input(&cells, 0) })).await.ok();
            let sent = form.take(&ward.admin().await, "submitForm", 1, json!({ "warningsNote": "x" })).await;
            form.take(&ward.standing_body().await, "acceptForm", sent, json!({})).await;
            if period == "2026-Q2" {
                // Counted by a part of the half-year, it is none that reported for it.
                assert_eq!(told(&analytics, "II.6.a.6", "2026-H1").await, "suppressed");
                assert_eq!(sums(&analytics, "2026-H1", "AN-BIEN").await[&("SEX".to_owned(), "MEN".to_owned())], None);
            }
        }
        assert_eq!(told(&ward.standing_body().await, "II.4.a.1-WOMEN", "2026-H1").await, "53/108 NO_TARGET");
        assert_eq!(told(&analytics, "II.4.a.1-WOMEN", "2026-H1").await, "suppressed");
        assert_eq!(told(&analytics, "II.6.a.6", "2026-H1").await, "58/108 NOT_DUE");
        // Half a year later it reports no more: then the same difference would be there the other way round.
        for unit in UNITS {
            headcount(unit, "2026-H2").accepted(&ward, &staff(20, &[])).await;
        }
        assert_eq!(told(&analytics, "II.4.a.1-WOMEN", "2026-H2").await, "suppressed");
        assert_eq!(told(&analytics, "II.6.a.6", "2026-H2").await, "50/100 NOT_DUE");
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn changes_and_downsizing_stay_inside(ward: Ward) {
        let changes = Form { unit: "VP", form: "HEADCOUNT_CHANGES", period: "2026-H1" };
        let mut cells = row("CHANGES", "RETIREMENT/CIVIL_SERVANT", &[("count", 2)]);
        let bare = changes.save(&ward, &cells, 0).await.ok();
        assert_eq!(bare.user_errors("saveForm")[0]["code"], "REQUIRED");
        cells.push(json!({ "table": "CHANGES", "row": "RETIREMENT/CIVIL_SERVANT", "field": "decisions", "text": "12/QĐ-UBND, 13/QĐ-UBND" }));
        changes.accepted(&ward, &cells).await;
        let downsizing = Form { unit: "VHXH", form: "DOWNSIZING", period: "2026" };
        downsizing.accepted(&ward, &row("DOWNSIZING", "SURPLUS", &[("planned", 3), ("actual", 1), ("fundsPlanned", 900_000_000), ("fundsSpent", 250_000_000)])).await;
        let consolidated = |form: &str, period: &str| format!("{{ consolidatedForm(form: {form}, period: \"{period}\") {{ cells {{ row field value suppressed }} submissions {{ edition }} }} }}");
        for (form, period, row, field, value) in [("HEADCOUNT_CHANGES", "2026-H1", "RETIREMENT/CIVIL_SERVANT", "count", 2), ("DOWNSIZING", "2026", "SURPLUS", "fundsSpent", 250_000_000)] {
            let inside = ward.chair().await.ask(&consolidated(form, period), json!({})).await.ok();
            let cells = inside.data("/consolidatedForm/cells").as_array().unwrap().clone();
            assert!(cells.contains(&json!({ "row": row, "field": field, "value": value, "suppressed": false })));
            for (name, client) in outsiders(&ward).await {
                let outside = client.ask(&consolidated(form, period), json!({})).await.ok();
                let cells = outside.data("/consolidatedForm/cells").as_array().unwrap().clone();
                assert!(cells.iter().all(|cell| cell["value"].is_null() && cell["suppressed"] == true), "{name} {form}");
                assert_eq!(outside.data("/consolidatedForm/submissions"), &json!([]));
                let list = client.ask("{ measureValues(first: 1000) { totalCount } submissions { totalCount } }", json!({})).await.ok();
                assert_eq!((list.data("/measureValues/totalCount"), list.data("/submissions/totalCount")), (&json!(0), &json!(0)), "{name}");
            }
        }
        let template = ward.analytics().await.ask("{ formTemplates { code confidential } }", json!({})).await.ok();
        let templates = template.data("/formTemplates").as_array().unwrap().clone();
        for expected in [json!({ "code": "HEADCOUNT", "confidential": "SUMS" }), json!({ "code": "DOWNSIZING", "confidential": "CLOSED" }), json!({ "code": "FEEDBACK", "confidential": null })] {
            assert!(templates.contains(&expected), "{expected}");
        }
    }

    async fn guarding_more_units_costs_no_more_statements(ward: Ward) {
        let city = ward.upper_level().await;
        city.ask("{ me { username } }", json!({})).await.ok();
        let consolidated = "{ consolidatedForm(form: HEADCOUNT, period: \"2026-H1\") { cells { value suppressed } } }";
        let flat = format!("{{ indicatorObservations(indicators: {RESTING}, first: 1000) {{ nodes {{ numerator suppressed status }} }} }}");
        headcount("VP", "2026-H1").accepted(&ward, &staff(20, &[])).await;
        let few = [city.ask(consolidated, json!({})).await.ok().statements(), city.ask(&flat, json!({})).await.ok().statements()];
        for unit in ["VHXH", "KTHTDT", "TTPVHCC", "TTSNC"] {
            headcount(unit, "2026-H1").accepted(&ward, &staff(20, &[])).await;
        }
        for unit in UNITS {
            headcount(unit, "2026-H2").accepted(&ward, &staff(20, &[])).await;
        }
        let many = [city.ask(consolidated, json!({})).await.ok().statements(), city.ask(&flat, json!({})).await.ok().statements()];
        assert_eq!(few, many);
        assert!(many[0] <= 18 && many[1] <= 5, "{many:?} statements");
    }
}
