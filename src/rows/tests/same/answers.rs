//! Random selections, asked of all schemas.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write;

use async_graphql::{PathSegment, Request, Response, Value, Variables};
use proptest::prelude::*;

use crate::schema::{mixed, ours, theirs};

/// Fields of a type: the selection without what is below it, and the type of what is below it.
type Fields = &'static [(&'static str, &'static str)];

const OWNER: Fields =
    &[("id", ""), ("name", ""), ("boss", "Owner"), ("atOnce", ""), ("figures", "Figure"), ("periods", "Quarter")];
const FIGURE: Fields = &[
    ("id", ""),
    ("code", ""),
    ("title", ""),
    ("a: title(language: EN, use: \"y\", other: 5)", ""),
    ("b: title(language: $language)", ""),
    ("c: title(language: FR)", ""),
    ("limited", ""),
    ("d: limited(first: 3, language: VI)", ""),
    ("e: limited(first: 9)", ""),
    ("count", ""),
    ("kind", ""),
    ("day1Before", ""),
    ("recordedAt", ""),
    ("key", ""),
    ("share", ""),
    ("tags", ""),
    ("odd", ""),
    ("place", ""),
    ("failsAlone", ""),
    ("failsParent", ""),
    ("someFail", ""),
    ("allFail", ""),
    ("period", "Quarter"),
    ("f: period", "Quarter"),
    ("periods", "Quarter"),
    ("below", "Figure"),
    ("g: below(first: 3)", "Figure"),
    ("next", "Figure"),
    ("page", "PageInfo"),
    ("owner", "Owner"),
    ("h: owner", "Owner"),
    ("ownerOrNull", "Owner"),
    ("ownerOrFail", "Owner"),
    ("scaled", ""),
    ("i: scaled(by: 10)", ""),
    ("placed", ""),
    ("nodes", "Node"),
];
const TYPES: &[(&str, Fields)] = &[
    ("Owner", OWNER),
    ("Figure", FIGURE),
    ("Quarter", &[("code", ""), ("previous", "Quarter"), ("owners", "Owner"), ("j: previous", "Quarter")]),
    ("PageInfo", &[("hasNextPage", ""), ("startCursor", ""), ("use", "")]),
    ("Node", &[("id", "")]),
    ("Thing", &[]),
    ("FigureEdge", &[("cursor", ""), ("node", "Figure"), ("k: node", "Figure")]),
    ("FigureConnection", &[("nodes", "Figure"), ("edges", "FigureEdge"), ("pageInfo", "PageInfo"), ("totalCount", "")]),
    (
        "Query",
        &[
            ("figures", "FigureConnection"),
            ("l: figures(first: 5)", "FigureConnection"),
            ("list(from: 0, to: 4)", "Figure"),
            ("m: list(from: 1, to: 2)", "Figure"),
            ("n: list(from: 0, to: 35)", "Figure"),
            ("figure(number: 3)", "Figure"),
            ("owner(number: 3)", "Owner"),
            ("node(number: 2)", "Node"),
            ("o: node(number: 5)", "Node"),
            ("things", "Thing"),
        ],
    ),
];

/// On what fragments may stand in a type.
fn conditions(of: &str) -> &'static [&'static str] {
    match of {
        "Owner" => &["Owner", "Node"],
        "Figure" => &["Figure", "Node"],
        "Node" | "Thing" => &["Owner", "Figure", "Node"],
        "Quarter" => &["Quarter"],
        "PageInfo" => &["PageInfo"],
        "FigureEdge" => &["FigureEdge"],
        "FigureConnection" => &["FigureConnection"],
        _ => &["Query"],
    }
}

/// Reads decisions off random bytes; 0 when they are used up.
struct Writer<'a> {
    bytes: std::slice::Iter<'a, u8>,
    fragments: Vec<(String, &'static str)>,
    text: String,
}

impl Writer<'_> {
    fn pick(&mut self, of: usize) -> usize {
        usize::from(self.bytes.next().copied().unwrap_or(0)) % of.max(1)
    }

    fn directive(&mut self) -> String {
        match self.pick(12) {
            1 => " @skip(if: $yes)".to_owned(),
            2 => " @skip(if: $no)".to_owned(),
            3 => " @include(if: $no)".to_owned(),
            4 => " @include(if: $yes) @skip(if: false)".to_owned(),
            _ => String::new(),
        }
    }

    fn set(&mut self, of: &'static str, depth: usize) -> String {
        let fields = TYPES.iter().find(|(name, _)| *name == of).map_or(&[][..], |(_, fields)| fields);
        let mut text = "{".to_owned();
        let many = if depth == 0 { 2 } else { 1 + self.pick(6) };
        let mut none = true;
        for _ in 0..many {
            let kind = self.pick(10);
            let directive = self.directive();
            match kind {
                0 => {
                    let _ = write!(text, " __typename{directive}");
                }
                1 => {
                    let _ = write!(text, " t: __typename{directive}");
                }
                2 | 3 if depth > 0 => {
                    let on = conditions(of)[self.pick(conditions(of).len())];
                    let set = self.set(on, depth - 1);
                    let on = if on == of && self.pick(2) == 0 { String::new() } else { format!(" on {on}") };
                    {
                        let _ = write!(text, " ...{on}{directive} {set}");
                    }
                }
                4 if depth > 0 => {
                    let on = conditions(of)[self.pick(conditions(of).len())];
                    let known = self.fragments.iter().find(|(_, of)| *of == on).map(|(name, _)| name.clone());
                    let name = match known {
                        Some(name) if self.pick(2) == 0 => name,
                        _ => {
                            let set = self.set(on, depth - 1);
                            let name = format!("F{}", self.fragments.len());
                            {
                                let _ = write!(self.text, " fragment {name} on {on} {set}");
                            }
                            self.fragments.push((name.clone(), on));
                            name
                        }
                    };
                    {
                        let _ = write!(text, " ...{name}{directive}");
                    }
                }
                _ if !fields.is_empty() => {
                    let (field, below) = fields[self.pick(fields.len())];
                    if below.is_empty() {
                        {
                            let _ = write!(text, " {field}{directive}");
                        }
                    } else if depth > 0 {
                        let set = self.set(below, depth - 1);
                        {
                            let _ = write!(text, " {field}{directive} {set}");
                        }
                    } else {
                        continue;
                    }
                }
                _ => continue,
            }
            none = false;
        }
        if none {
            text.push_str(" __typename");
        }
        text + " }"
    }
}

fn document(bytes: &[u8]) -> String {
    let mut writer = Writer { bytes: bytes.iter(), fragments: Vec::new(), text: String::new() };
    let set = writer.set("Query", 5);
    format!("query($yes: Boolean! = true, $no: Boolean! = false, $language: Language) {set}{}", writer.text)
}

fn request(document: &str) -> Request {
    let variables = serde_json::json!({"yes": true, "no": false, "language": "EN"});
    Request::new(document).variables(Variables::from_json(variables))
}

/// The path to the first null on the way to where an error stands; none where it stands at the null itself, or nowhere near.
fn nulled(data: &Value, path: &[PathSegment]) -> Option<String> {
    let mut value = data;
    for (depth, segment) in path.iter().enumerate() {
        value = match (value, segment) {
            (Value::Null, _) => return Some(format!("{:?}", &path[..depth])),
            (Value::Object(members), PathSegment::Field(key)) => members.get(key.as_str())?,
            (Value::List(items), PathSegment::Index(index)) => items.get(*index)?,
            _ => return None,
        };
    }
    None
}

/// Data as text, with the keys in their order, and the errors in any. Unless it is to be exact, what fails below
/// a place that is null counts once: the engine stops there at the first error, and which it is, and what else
/// was noted by then, hangs on the order in which a runtime wakes more than thirty futures.
fn told(response: &str, exact: bool) -> (String, Vec<String>) {
    let response: Response = serde_json::from_str(response).unwrap();
    let (mut errors, mut below) = (Vec::new(), BTreeSet::new());
    for error in &response.errors {
        match nulled(&response.data, &error.path).filter(|_| !exact) {
            Some(place) => {
                below.insert(place);
            }
            None => errors.push(serde_json::to_string(error).unwrap()),
        }
    }
    errors.sort();
    errors.extend(below);
    (serde_json::to_string(&response.data).unwrap(), errors)
}

/// The answers of all schemas to a document, the engine's first.
fn answers(document: &str) -> Vec<(&'static str, String)> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let engine = theirs::schema().execute(request(document)).await;
        let tree = ours::schema().execute(request(document)).await;
        let text = ours::schema().execute(request(document).data(rows::Text)).await;
        let mixed_tree = mixed::schema().execute(request(document)).await;
        let mixed_text = mixed::schema().execute(request(document).data(rows::Text)).await;
        let text_of = |response| String::from_utf8(rows::to_json(&response).unwrap()).unwrap();
        vec![
            ("engine", serde_json::to_string(&engine).unwrap()),
            ("tree", serde_json::to_string(&tree).unwrap()),
            ("text", text_of(text)),
            ("mixed tree", serde_json::to_string(&mixed_tree).unwrap()),
            ("mixed text", text_of(mixed_text)),
        ]
    })
}

fn same(document: &str, answers: &[(&str, String)], exact: bool) -> Result<(), TestCaseError> {
    let (data, errors) = told(&answers[0].1, exact);
    for (name, answer) in &answers[1..] {
        let (our_data, our_errors) = told(answer, exact);
        prop_assert_eq!(&our_data, &data, "data of {} to {}", name, document);
        prop_assert_eq!(&our_errors, &errors, "errors of {} to {}", name, document);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_is_the_same(bytes in prop::collection::vec(any::<u8>(), 20..400)) {
        let document = document(&bytes);
        same(&document, &answers(&document), false)?;
    }
}

#[test]
fn some_documents_ask_much_and_err_the_same() {
    let mut seen = HashSet::new();
    let mut failing = 0;
    for seed in 0..60_u64 {
        let bytes: Vec<u8> = (0..300_u64).map(|n| (((n + 1) * (seed * 7919 + 104_729)) >> 7) as u8).collect();
        let document = document(&bytes);
        let answers = answers(&document);
        same(&document, &answers, true).unwrap();
        failing += usize::from(answers[0].1.contains("\"errors\""));
        assert!(!answers[0].1.contains("Unknown"), "{document}");
        seen.insert(answers[0].1.clone());
    }
    assert!(seen.len() > 30 && failing > 5 && failing < 55, "{} {failing}", seen.len());
}
