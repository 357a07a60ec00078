//! The house itself: which crate may know which, what may import what inside a feature, and how long a file may be.
//! docs/architecture.md says why. Reads files only, no server and no database.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The crates, the lowest first: each may depend on those of the rows before its own, never on one of its own row or of a
/// later one.
const ROOMS: &[&[&str]] = &[
    &["rows-derive", "entity", "migration"],
    &["rows"],
    &["kernel"],
    &["templates"],
    &["access"],
    &["gate", "kit"],
    &["base"],
    &["forms"],
    // The features: each subject by itself.
    &["procedures", "spending", "finance", "legal", "digital", "apparatus"],
    &["api"],
    &["server"],
    &["reform-api"],
];

/// The row of the features.
const FEATURES: usize = 8;

/// Which crate may name one beside it, and why.
const BESIDE: &[(&str, &str, &str)] = &[(
    "finance",
    "spending",
    "the budget of the reform is closed with the budget's year, and shares its sums of money",
)];

/// Crates whose features know each other in a circle, and why they are one subject.
const ONE_SUBJECT: &[(&str, &str)] = &[
    ("base", "an organisation, its programme and the figures of both show each other"),
    ("forms", "a submission shows the cells of its template, which goes through the workflow"),
    ("procedures", "a procedure shows its reviews, its publications and its dossiers, and they show it"),
];

/// Files of a feature that compute and nothing else.
const PURE: &[&str] = &["rules", "figures", "timeline", "sums", "validity", "forecast", "rate"];
/// Files that read and write.
const STORES: &[&str] = &["store"];
/// Files of use cases.
const SERVICES: &[&str] = &["service", "saving", "consolidation", "steps", "entering", "confirming"];
/// Files of the schema's types.
const GRAPHQL: &[&str] = &["graphql"];

/// What is imported against the grain all the same: the file, what it imports, why.
const AGAINST_THE_GRAIN: &[(&str, &str, &str)] = &[(
    "src/api/overview/service.rs",
    "base::indicator::graphql",
    "the dashboard shows the status of a figure as the figure itself does, by the same two functions",
)];

/// The most lines of a file.
const LONGEST: usize = 600;

/// Files that are longer, and why they are not cut.
const LONGER: &[(&str, &str)] = &[];

fn root() -> PathBuf {
    PathBuf::from(option_env!("CARGO_MANIFEST_DIR").unwrap_or("."))
}

fn text_of(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Fails with everything that is to be mended, one a line.
fn nothing_to_mend(faults: &BTreeSet<String>) {
    let lines: Vec<&str> = faults.iter().map(String::as_str).collect();
    assert!(faults.is_empty(), "to be mended:\n{}", lines.join("\n"));
}

/// A member of the workspace.
struct Member {
    folder: String,
    depends_on: Vec<String>,
}

/// The members of the workspace by name, with what their manifests name of each other, tests included.
fn members() -> BTreeMap<String, Member> {
    let manifest = text_of(&root().join("Cargo.toml"));
    let list =
        manifest.split_once("members = [").and_then(|(_, rest)| rest.split_once(']')).expect("a list of members");
    let folders: Vec<&str> = list.0.split('"').skip(1).step_by(2).collect();
    let mut members = BTreeMap::new();
    for folder in folders {
        let (mut section, mut name, mut named) = (String::new(), String::new(), Vec::new());
        for line in text_of(&root().join(folder).join("Cargo.toml")).lines() {
            let line = line.trim();
            if let Some(head) = line.strip_prefix('[') {
                section = head.trim_end_matches(']').to_owned();
                if let Some((_, dependency)) = section.split_once("dependencies.")
                    && section != format!("workspace.dependencies.{dependency}")
                {
                    named.push(dependency.to_owned());
                }
                continue;
            }
            let Some((key, value)) = line.split_once('=') else { continue };
            let key = key.split('.').next().unwrap_or_default().trim();
            if section == "package" && key == "name" {
                name = value.trim().trim_matches('"').to_owned();
            } else if section.ends_with("dependencies") && !section.starts_with("workspace") {
                named.push(key.to_owned());
            }
        }
        members.insert(name, Member { folder: folder.to_owned(), depends_on: named });
    }
    let names: BTreeSet<String> = members.keys().cloned().collect();
    for member in members.values_mut() {
        member.depends_on.retain(|name| names.contains(name));
    }
    members
}

/// Sources below a folder, by their paths from the root.
fn sources(folder: &str) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let path = path.strip_prefix(root()).expect("below the root");
                found.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// A circle among names that know others, in the order in which they know each other.
fn circle(known: &BTreeMap<String, Vec<String>>) -> Option<Vec<String>> {
    fn visit(
        known: &BTreeMap<String, Vec<String>>,
        way: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> Option<Vec<String>> {
        let here = way.last()?.clone();
        for next in known.get(&here).into_iter().flatten() {
            if let Some(begin) = way.iter().position(|name| name == next) {
                let mut circle = way[begin..].to_vec();
                circle.push(next.clone());
                return Some(circle);
            }
            if !done.contains(next) {
                way.push(next.clone());
                if let Some(circle) = visit(known, way, done) {
                    return Some(circle);
                }
                way.pop();
            }
        }
        done.insert(here);
        None
    }
    let mut done = BTreeSet::new();
    known.keys().find_map(|name| visit(known, &mut vec![name.clone()], &mut done))
}

#[test]
fn no_crate_names_one_above_it() {
    let members = members();
    let known = members.iter().map(|(name, member)| (name.clone(), member.depends_on.clone())).collect();
    if let Some(circle) = circle(&known) {
        panic!("a circle of crates: {}; move what both need into a crate below both", circle.join(" -> "));
    }
    let floor = |name: &str| ROOMS.iter().position(|rooms| rooms.contains(&name));
    let mut faults = BTreeSet::new();
    for (name, member) in &members {
        let Some(own) = floor(name) else {
            faults.insert(format!(
                "{name} stands in no row of ROOMS: write it where it belongs, and in docs/architecture.md"
            ));
            continue;
        };
        for other in &member.depends_on {
            let beside = BESIDE.iter().any(|(from, to, _)| from == name && to == other);
            match floor(other) {
                Some(theirs) if theirs > own => {
                    faults.insert(format!(
                        "{}/Cargo.toml: {name} stands below {other} and must not depend on it; let {other} bring it in \
                         (an extension, a form, a list that api puts together), or move what is needed down",
                        member.folder
                    ));
                }
                Some(theirs) if theirs == own && !beside => {
                    faults.insert(format!(
                        "{}/Cargo.toml: {name} stands beside {other} and must not depend on it; put both together in api, \
                         or move what both need down",
                        member.folder
                    ));
                }
                _ => {}
            }
        }
    }
    for name in ROOMS.iter().copied().flatten().filter(|name| !members.contains_key(**name)) {
        faults.insert(format!("ROOMS names {name}, which is no member of the workspace: take it out"));
    }
    for (from, to, _) in BESIDE {
        if !members.get(*from).is_some_and(|member| member.depends_on.iter().any(|name| name == to)) {
            faults.insert(format!("BESIDE allows {from} -> {to}, which nobody needs any more: take it out"));
        }
    }
    nothing_to_mend(&faults);
}

/// Source code without comments, texts and the tests at its end.
fn bare(text: &str) -> String {
    let tests = text.find("#[cfg(test)]\nmod ").filter(|&at| text[at..].contains('{')).unwrap_or(text.len());
    let mut bare = String::with_capacity(tests);
    let mut rest = text[..tests].chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '/' if rest.peek() == Some(&'/') => while rest.next_if(|&letter| letter != '\n').is_some() {},
            '"' => {
                while let Some(letter) = rest.next() {
                    match letter {
                        '\\' => drop(rest.next()),
                        '"' => break,
                        _ => {}
                    }
                }
                bare.push(' ');
            }
            // A quote as a character would open a text.
            '\'' if rest.peek() == Some(&'"') => {
                rest.next();
                rest.next();
            }
            letter => bare.push(letter),
        }
    }
    bare
}

/// The paths of a tree behind `use`, such as `a::{b, c::{self, d}}`.
fn branches(tree: &str, before: &str, found: &mut Vec<String>) {
    let joined = |path: &str| if before.is_empty() { path.to_owned() } else { format!("{before}::{path}") };
    let tree = tree.trim();
    if tree.is_empty() {
        return;
    }
    let Some((stem, inside)) = tree.split_once('{') else {
        let path = tree.split_whitespace().next().unwrap_or_default();
        found.push(if path == "self" { before.to_owned() } else { joined(path) });
        return;
    };
    let stem = stem.trim().trim_end_matches("::");
    let stem = if stem.is_empty() { before.to_owned() } else { joined(stem) };
    let inside = inside.rsplit_once('}').map_or(inside, |(inside, _)| inside);
    let (mut depth, mut begin) = (0_usize, 0);
    for (at, letter) in inside.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                branches(&inside[begin..at], &stem, found);
                begin = at + 1;
            }
            _ => {}
        }
    }
    branches(&inside[begin..], &stem, found);
}

/// What a file names: its `use` lines, and paths of two names and more in its code.
fn named_in(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let starts =
        |at: usize| code[..at].chars().next_back().is_none_or(|letter| !letter.is_alphanumeric() && letter != '_');
    let mut rest = String::with_capacity(code.len());
    let mut from = 0;
    while let Some(at) = code[from..].find("use ").map(|at| at + from) {
        let Some(end) = code[at..].find(';').filter(|_| starts(at)).map(|end| end + at) else {
            rest.push_str(&code[from..at + 4]);
            from = at + 4;
            continue;
        };
        rest.push_str(&code[from..at]);
        branches(code[at + 4..end].trim_start_matches("::"), "", &mut found);
        from = end + 1;
    }
    rest.push_str(&code[from..]);
    let part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    for path in rest.split(|letter: char| !part(letter)) {
        let path = path.trim_matches(':');
        if path.contains("::") {
            found.push(path.to_owned());
        }
    }
    found
}

/// A path as seen from the root of all crates: `crate`, `self` and `super` give way to names.
fn from_the_root(path: &str, krate: &str, module: &[&str], crates: &BTreeSet<String>) -> Option<Vec<String>> {
    let names: Vec<&str> = path.split("::").filter(|name| !name.is_empty()).collect();
    let first = *names.first()?;
    let mut whole: Vec<&str> = vec![krate];
    let mut skip = 1;
    match first {
        "crate" => {}
        "self" => whole.extend(module),
        "super" => {
            skip = names.iter().take_while(|name| **name == "super").count();
            whole.extend(&module[..module.len().saturating_sub(skip)]);
        }
        other if crates.contains(other) => return Some(names.iter().map(|&name| name.to_owned()).collect()),
        _ => return None,
    }
    whole.extend(&names[skip..]);
    Some(whole.iter().map(|&name| name.to_owned()).collect())
}

/// The room of a feature in which a path of modules leads: the first name that is one.
fn room<'a>(path: impl IntoIterator<Item = &'a str>) -> Option<&'static [&'static str]> {
    path.into_iter().find_map(|name| [PURE, STORES, SERVICES, GRAPHQL].into_iter().find(|rooms| rooms.contains(&name)))
}

/// Why a file in a room must not name something.
fn against(own: &[&str], path: &[String]) -> Option<&'static str> {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    let theirs = room(names[1..].iter().copied());
    let of_the_kit = names[0] == "kit" && names.get(1).is_some_and(|name| matches!(*name, "app" | "db" | "context"));
    if own == PURE {
        // What a row is made of is a value; everything else of sea-orm asks the database.
        if names[0] == "sea_orm" && names.get(1).is_some_and(|name| !matches!(*name, "FromQueryResult" | "Set")) {
            return Some("what computes knows no database: let the store read, and hand in what was read");
        }
        if of_the_kit {
            return Some("what computes knows no application: hand in the day, the parameters, the rows");
        }
        if theirs.is_some_and(|theirs| theirs != PURE) {
            return Some(
                "what computes imports neither store nor service nor graphql: hand in values, or move the type down",
            );
        }
    } else if own == STORES && theirs.is_some_and(|theirs| theirs == SERVICES || theirs == GRAPHQL) {
        return Some("a store imports neither service nor graphql: move the type to the feature's mod.rs or rules");
    } else if own == SERVICES && theirs == Some(GRAPHQL) {
        return Some(
            "a use case does not know the schema: let graphql.rs turn its input into a request of the service",
        );
    }
    None
}

/// The names by which code calls the crates of the workspace.
fn called(members: &BTreeMap<String, Member>) -> BTreeSet<String> {
    members.keys().map(|name| name.replace('-', "_")).collect()
}

/// The modules from a crate's root to a file.
fn module_of<'a>(file: &'a str, folder: &str) -> Vec<&'a str> {
    let mut module: Vec<&str> = file[folder.len() + 1..].trim_end_matches(".rs").split('/').collect();
    if matches!(module.last(), Some(&"mod" | &"lib" | &"main")) {
        module.pop();
    }
    module
}

#[test]
fn features_of_a_crate_know_each_other_one_way() {
    let members = members();
    let crates = called(&members);
    let mut faults = BTreeSet::new();
    let mut round = BTreeSet::new();
    // Crates below and above the features are one machine each, of files beside each other.
    let of_features = |name: &str| ["base", "forms"].contains(&name) || ROOMS[FEATURES].contains(&name);
    for (name, member) in members.iter().filter(|(name, _)| of_features(name)) {
        let mut modules: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for file in sources(&member.folder) {
            let module = module_of(&file, &member.folder);
            let Some(own) = module.first() else { continue };
            let known = modules.entry((*own).to_owned()).or_default();
            for path in named_in(&bare(&text_of(&root().join(&file)))) {
                let whole = from_the_root(&path, name, &module, &crates).unwrap_or_default();
                if whole.len() > 1 && whole[0] == *name && whole[1] != *own && !known.contains(&whole[1]) {
                    known.push(whole[1].clone());
                }
            }
        }
        let Some(circle) = circle(&modules) else { continue };
        if ONE_SUBJECT.iter().any(|(stated, _)| stated == name) {
            round.insert(name.clone());
        } else {
            faults.insert(format!(
                "{}: a circle of features, {}; move what both need into a module of its own, or let the one add its fields to the other",
                member.folder,
                circle.join(" -> ")
            ));
        }
    }
    for (name, _) in ONE_SUBJECT.iter().filter(|(name, _)| !round.contains(*name)) {
        faults.insert(format!("ONE_SUBJECT names {name}, which has no circle any more: take it out"));
    }
    nothing_to_mend(&faults);
}

#[test]
fn imports_inside_a_feature_run_one_way() {
    let members = members();
    let mut crates = called(&members);
    crates.insert("sea_orm".to_owned());
    let mut faults = BTreeSet::new();
    let mut used = BTreeSet::new();
    let mut looked_at = 0;
    for (name, member) in members.iter().filter(|(_, member)| member.folder.starts_with("src/")) {
        for file in sources(&member.folder) {
            let module = module_of(&file, &member.folder);
            let Some(own) = room(module.iter().copied()) else { continue };
            looked_at += 1;
            for path in named_in(&bare(&text_of(&root().join(&file)))) {
                let Some(whole) = from_the_root(&path, name, &module, &crates) else { continue };
                let Some(why) = against(own, &whole) else { continue };
                let whole = whole.join("::");
                let stated = AGAINST_THE_GRAIN
                    .iter()
                    .find(|(stated, path, _)| (stated.is_empty() || *stated == file) && whole.starts_with(path));
                match stated {
                    Some((stated, path, _)) => drop(used.insert((*stated, *path))),
                    None => drop(faults.insert(format!("{file} names {whole}; {why}"))),
                }
            }
        }
    }
    for (file, path, _) in AGAINST_THE_GRAIN {
        if !used.contains(&(*file, *path)) {
            let file = if file.is_empty() { "any file" } else { file };
            faults.insert(format!("AGAINST_THE_GRAIN allows {file} to name {path}, which nobody needs: take it out"));
        }
    }
    assert!(looked_at > 100, "only {looked_at} files have a room by their name: the names of the rooms have changed");
    nothing_to_mend(&faults);
}

#[test]
fn no_file_is_too_long() {
    let mut faults = BTreeSet::new();
    let mut long = BTreeSet::new();
    for folder in ["src", "entity", "migration", "tests"] {
        for file in sources(folder) {
            let lines = text_of(&root().join(&file)).lines().count();
            if lines <= LONGEST {
                continue;
            }
            if !LONGER.iter().any(|(stated, _)| *stated == file) {
                faults.insert(format!(
                    "{file} has {lines} lines, {LONGEST} are the most: cut it into files of one subject each, or state in LONGER why not"
                ));
            }
            long.insert(file);
        }
    }
    for (file, _) in LONGER {
        if !long.contains(*file) {
            faults.insert(format!("LONGER names {file}, which is short enough or gone: take it out"));
        }
    }
    nothing_to_mend(&faults);
}

#[test]
fn what_is_against_the_rules_is_found() {
    let crates: BTreeSet<String> = ["kit", "base", "sea_orm", "digital"].into_iter().map(str::to_owned).collect();
    let faults = |module: &[&str], code: &str| {
        let own = room(module.iter().copied()).expect("a room");
        let paths = named_in(&bare(code)).into_iter();
        let whole = paths.filter_map(|path| from_the_root(&path, "digital", module, &crates));
        whole.filter(|path| against(own, path).is_some()).map(|path| path.join("::")).collect::<Vec<_>>()
    };
    let rules = ["system", "rules"];
    assert_eq!(
        faults(&rules, "use super::{State, store::{self, Row as R}};"),
        ["digital::system::store", "digital::system::store::Row"]
    );
    assert_eq!(faults(&rules, "use sea_orm::{DatabaseConnection};"), ["sea_orm::DatabaseConnection"]);
    assert_eq!(faults(&rules, "fn rule(app: &kit::app::App) {}"), ["kit::app::App"]);
    assert_eq!(
        faults(&["system", "store"], "pub use crate::system::service::Wanted;"),
        ["digital::system::service::Wanted"]
    );
    assert_eq!(faults(&["system", "service"], "async fn f() -> super::graphql::T {}"), ["digital::system::graphql::T"]);
    assert_eq!(faults(&["system", "service", "more"], "use super::super::graphql;"), ["digital::system::graphql"]);
    let allowed = "//! [`store`](super::store)\nuse super::Row; // super::store::x\nuse base::rules::y;\nconst S: &str = \"super::store::z\";";
    assert!(faults(&rules, allowed).is_empty());
    assert!(faults(&["system", "graphql"], "use super::{service, store};").is_empty());
    let of = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<String>>();
    let round =
        BTreeMap::from([("a".to_owned(), of(&["b"])), ("b".to_owned(), of(&["c"])), ("c".to_owned(), of(&["b"]))]);
    assert_eq!(circle(&round).expect("a circle"), ["b", "c", "b"]);
}
