//! How large, how deep and how dear a document may be, and the measuring of all but its cost.

use std::collections::HashMap;

use apollo_compiler::ast::{Definition, Document, FragmentDefinition, Selection};

use super::refusal::Denial;

/// What the gate lets through. The defaults leave several times the room that the largest screen of
/// this API's own clients needs, and keep the worst admissible document to some milliseconds.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of the document's text.
    pub document_bytes: usize,
    /// Lexical tokens of the document; whitespace and comments count, for they cost work as well.
    pub tokens: usize,
    /// How deeply selection sets, list and object values and list types may nest in the text. This is
    /// what keeps every later pass, most of which recurse, within a small stack.
    pub recursion: usize,
    /// Operations in one document: each is validated with all the fragments that it uses.
    pub operations: usize,
    /// Fields and fragments of all operations together, every fragment counted as often as it is spread.
    pub selections: usize,
    /// Levels of fields, fragments expanded.
    pub depth: usize,
    /// Levels of fields *and* fragments: what the engine's own recursion follows. To be no larger than
    /// the schema's `limit_recursive_depth` (32 unless set), whose refusal is less polite.
    pub nesting: usize,
    /// Aliases in one operation, fragments expanded.
    pub aliases: usize,
    /// Fields at the root of one operation, fragments expanded.
    pub root_fields: usize,
    /// Directives in one operation, fragments expanded.
    pub directives: usize,
    /// How dear an answer may be. One point is one object of the answer, a scalar is a tenth, and what
    /// stands in a list counts as often as the list's page is long (`first`, `last`, or the number of
    /// `ids`, by literal, variable or default). A page of 100 rows of ten scalars is about 200 points, a
    /// page of 100 each with a page of 100 up to 30,000, and one more level a million.
    pub cost: u64,
    /// What a page costs when neither `first` nor `last` says how long it is.
    pub page_size: u64,
    /// No page is reckoned longer than this, since no resolver gives a longer one.
    pub page_cap: u64,
    /// How many items a list without a page is reckoned to hold.
    pub list_size: u64,
    /// How many faults of one document are reported.
    pub errors: usize,
    /// What the cache of admitted documents may hold, in bytes, roughly.
    pub cache_bytes: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            document_bytes: 64 * 1024,
            tokens: 8_000,
            recursion: 64,
            operations: 50,
            selections: 5_000,
            depth: 16,
            nesting: 32,
            aliases: 60,
            root_fields: 20,
            directives: 50,
            cost: 50_000,
            page_size: 20,
            page_cap: 1_000,
            list_size: 10,
            errors: 10,
            cache_bytes: 16 * 1024 * 1024,
        }
    }
}

/// What a selection set amounts to once its fragments are expanded. Sums saturate: twenty-six fragments
/// that spread each other twice are a hundred million fields.
#[derive(Debug, Clone, Copy, Default)]
struct Extent {
    selections: usize,
    aliases: usize,
    directives: usize,
    root_fields: usize,
    depth: usize,
    nesting: usize,
}

impl Extent {
    /// Adds what stands beside it in the same selection set.
    fn beside(&mut self, other: Extent) {
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.root_fields = self.root_fields.saturating_add(other.root_fields);
        self.depth = self.depth.max(other.depth);
        self.nesting = self.nesting.max(other.nesting);
    }
}

/// Each fragment is measured once, however often it is spread.
struct Measure<'a> {
    limits: &'a Limits,
    fragments: HashMap<&'a str, &'a FragmentDefinition>,
    measured: HashMap<&'a str, Extent>,
}

/// Holds a document against the limits. It runs before validation, so that the validator's own work is
/// bounded too, and therefore takes unknown fragments and circles of them in its stride: they count
/// nothing here, and validation refuses them.
pub(super) fn check(document: &Document, limits: &Limits) -> Result<(), Denial> {
    let fragments = document.definitions.iter().filter_map(Definition::as_fragment_definition);
    let fragments = fragments.map(|fragment| (fragment.name.as_str(), &**fragment)).collect();
    let mut measure = Measure { limits, fragments, measured: HashMap::new() };

    let (mut operations, mut selections) = (0_usize, 0_usize);
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                operations += 1;
                within("gate-too-many-operations", operations, limits.operations)?;
                let mut extent = measure.set(&operation.selection_set, 0)?;
                let on_variables: usize = operation.variables.iter().map(|variable| variable.directives.len()).sum();
                extent.directives = extent.directives.saturating_add(operation.directives.len() + on_variables);
                selections = selections.saturating_add(extent.selections);
                within("gate-too-deep", extent.depth, limits.depth)?;
                within("gate-too-nested", extent.nesting, limits.nesting)?;
                within("gate-too-many-selections", selections, limits.selections)?;
                within("gate-too-many-aliases", extent.aliases, limits.aliases)?;
                within("gate-too-many-root-fields", extent.root_fields, limits.root_fields)?;
                within("gate-too-many-directives", extent.directives, limits.directives)?;
            }
            // A fragment that no operation uses is no valid document, but it is validated all the same.
            Definition::FragmentDefinition(fragment) => {
                let extent = measure.fragment(&fragment.name, 0)?;
                within("gate-too-many-selections", extent.selections, limits.selections)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn within(key: &'static str, found: usize, limit: usize) -> Result<(), Denial> {
    if found <= limit { Ok(()) } else { Err(Denial::too_complex(key, found, limit)) }
}

impl<'a> Measure<'a> {
    fn set(&mut self, selections: &'a [Selection], level: usize) -> Result<Extent, Denial> {
        // Stops the recursion itself: a thousand fragments can each spread the next.
        within("gate-too-nested", level, self.limits.nesting)?;
        let mut whole = Extent::default();
        for selection in selections {
            let (directives, mut one) = match selection {
                Selection::Field(field) => {
                    let mut one = Extent::default();
                    if !field.selection_set.is_empty() {
                        one = self.set(&field.selection_set, level + 1)?;
                        one.nesting += 1;
                    }
                    one.depth += 1;
                    one.root_fields = 1;
                    one.aliases = one.aliases.saturating_add(usize::from(field.alias.is_some()));
                    (field.directives.len(), one)
                }
                Selection::InlineFragment(inline) => {
                    let mut one = self.set(&inline.selection_set, level + 1)?;
                    one.nesting += 1;
                    (inline.directives.len(), one)
                }
                Selection::FragmentSpread(spread) => {
                    let mut one = self.fragment(&spread.fragment_name, level + 1)?;
                    one.nesting += 1;
                    (spread.directives.len(), one)
                }
            };
            one.selections = one.selections.saturating_add(1);
            one.directives = one.directives.saturating_add(directives);
            whole.beside(one);
        }
        Ok(whole)
    }

    fn fragment(&mut self, name: &str, level: usize) -> Result<Extent, Denial> {
        if let Some(extent) = self.measured.get(name) {
            return Ok(*extent);
        }
        let Some((&name, &fragment)) = self.fragments.get_key_value(name) else {
            return Ok(Extent::default());
        };
        // While it is being measured it counts nothing, which ends a circle.
        self.measured.insert(name, Extent::default());
        let mut extent = self.set(&fragment.selection_set, level)?;
        extent.directives = extent.directives.saturating_add(fragment.directives.len());
        self.measured.insert(name, extent);
        Ok(extent)
    }
}
