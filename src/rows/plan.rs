//! The plan: a selection set read once for all rows that it is asked of.

use std::any::Any;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::context::{Data, QueryPathNode, QueryPathSegment};
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::{
    Context, ContextBase, Error, Name, Positioned, QueryEnv, SchemaEnv, ServerError, ServerResult, Value,
};

use crate::out::{Out, Text};
use crate::plain::Plain;

/// Parsed arguments of a plain getter: a tuple of them.
pub type Arguments = Box<dyn Any + Send + Sync>;

/// A field of a row object.
pub struct FieldShape {
    /// Its name in the schema.
    pub name: &'static str,
    /// Whether it is an `async fn`.
    pub loaded: bool,
    /// Plans what is selected below it.
    pub plan: for<'a> fn(&Planner<'a>, &'a Positioned<Field>) -> Plan<'a>,
    /// Parses its arguments, of a plain getter that has some.
    pub arguments: Option<fn(&Context<'_>) -> ServerResult<Arguments>>,
}

/// Finds a field by its name, with its place.
pub type FindField = fn(&str) -> Option<(usize, &'static FieldShape)>;

/// A type of row objects, as its macro declares it.
pub struct Shape {
    /// Its name in the schema.
    pub name: &'static str,
    /// Its fields; their places are what `Row` calls them by.
    pub fields: &'static [FieldShape],
    /// Finds the fields that features above add, with their places; none where nobody may.
    pub more: Option<FindField>,
}

/// What of the engine's context is the same for the whole request.
#[derive(Clone, Copy)]
pub(crate) struct Env<'a> {
    schema: &'a SchemaEnv,
    query: &'a QueryEnv,
    data: Option<&'a Data>,
}

impl<'a> Env<'a> {
    fn context(&self, path: Option<QueryPathNode<'a>>, item: &'a Positioned<Field>) -> Context<'a> {
        self.query.create_context(self.schema, path, item, self.data)
    }
}

/// Reads selections.
#[derive(Clone, Copy)]
pub struct Planner<'a> {
    pub(crate) env: Env<'a>,
    /// Whether what is read here may be written as text.
    text: bool,
}

impl<'a> Planner<'a> {
    /// A planner for what stands at a context.
    pub(crate) fn new<T>(ctx: &ContextBase<'a, T>, field: &Field) -> Planner<'a> {
        let env = Env { schema: ctx.schema_env, query: ctx.query_env, data: ctx.execute_data };
        let in_list = ctx.path_node.is_some_and(|node| matches!(node.segment, QueryPathSegment::Index(_)));
        let text = !in_list && ctx.data_opt::<Text>().is_some() && asked_once(ctx.query_env, field);
        Planner { env, text }
    }
}

/// Whether only one field of the document has this response key. The engine merges objects and lists of one
/// key, which it cannot do with text; the same field reached twice by a fragment gives the same text, of which
/// it keeps the first.
fn asked_once(query: &QueryEnv, field: &Field) -> bool {
    fn count(set: &SelectionSet, key: &Name) -> usize {
        let of = |selection: &Selection| match selection {
            Selection::Field(field) => {
                usize::from(field.node.response_key().node == *key) + count(&field.node.selection_set.node, key)
            }
            Selection::InlineFragment(fragment) => count(&fragment.node.selection_set.node, key),
            Selection::FragmentSpread(_) => 0,
        };
        set.items.iter().map(|item| of(&item.node)).sum()
    }
    let key = &field.response_key().node;
    let fragments = query.fragments.values().map(|fragment| count(&fragment.node.selection_set.node, key));
    count(&query.operation.node.selection_set.node, key) + fragments.sum::<usize>() == 1
}

/// What is asked of each row of a type; empty for what is no object.
#[derive(Default)]
pub struct Plan<'a> {
    /// The type's name.
    pub(crate) name: &'static str,
    /// The fields in the order asked for.
    pub(crate) fields: Vec<Planned<'a>>,
    /// Whether something here or below must be awaited.
    pub(crate) loaded: bool,
    /// Whether a response key is asked for twice.
    pub(crate) merged: bool,
    /// Whether this is an object that may be written as text.
    pub(crate) text: bool,
    /// The object with nothing in it yet, whose keys are hashed once for all rows; made for the second of them.
    empty: OnceLock<IndexMap<Name, Value>>,
    /// Whether there was a first.
    begun: AtomicBool,
}

impl Plan<'_> {
    /// The object with null in every field; not of a plan that merges.
    pub(crate) fn empty(&self) -> IndexMap<Name, Value> {
        let nulls = || self.fields.iter().map(|field| (field.key.clone(), Value::Null)).collect();
        if self.begun.swap(true, Ordering::Relaxed) { self.empty.get_or_init(nulls).clone() } else { nulls() }
    }

    /// The plan of a type that the engine itself resolves.
    pub fn by_engine() -> Self {
        Plan { loaded: true, ..Plan::default() }
    }
}

/// What a planned field is.
#[derive(Clone, Copy)]
pub(crate) enum Which {
    /// A field by its place in the shape.
    Field(usize),
    /// `__typename`.
    TypeName,
    /// Nothing that the type has; null.
    Unknown,
}

/// A field that is asked for.
pub struct Planned<'a> {
    pub(crate) key: Name,
    /// What stands before it in text: `"key":`.
    pub(crate) label: String,
    pub(crate) which: Which,
    pub(crate) item: &'a Positioned<Field>,
    pub(crate) plan: Plan<'a>,
    /// Whether it or something below must be awaited.
    pub(crate) loaded: bool,
    arguments: Option<ServerResult<Arguments>>,
}

impl<'a> Planned<'a> {
    /// A field whose value has this plan.
    pub(crate) fn of(item: &'a Positioned<Field>, plan: Plan<'a>) -> Planned<'a> {
        let key = item.node.response_key().node.clone();
        Planned { key, label: String::new(), which: Which::Unknown, item, loaded: plan.loaded, plan, arguments: None }
    }

    /// A field of a type.
    pub(crate) fn field(shape: &'static Shape, planner: &Planner<'a>, item: &'a Positioned<Field>) -> Planned<'a> {
        let name = item.node.name.node.as_str();
        let own = shape.fields.iter().position(|field| field.name == name);
        let found = match own {
            Some(place) => Some((place, &shape.fields[place])),
            None => shape.more.and_then(|more| more(name)),
        };
        if let Some((place, field)) = found {
            let mut planned = Planned::of(item, (field.plan)(planner, item));
            planned.which = Which::Field(place);
            // What others add is made where it is asked for, as what is loaded is.
            planned.loaded |= field.loaded || own.is_none();
            planned.arguments = field.arguments.map(|parse| parse(&planner.env.context(None, item)));
            return planned;
        }
        let mut planned = Planned::of(item, Plan::default());
        if name == "__typename" {
            planned.which = Which::TypeName;
        }
        planned
    }
}

/// Reads a selection set on a type of row objects. Directives `@skip` and `@include` are gone by now.
pub fn plan_row<'a>(shape: &'static Shape, planner: &Planner<'a>, set: &'a SelectionSet) -> Plan<'a> {
    let mut items = Vec::with_capacity(set.items.len());
    collect(shape.name, planner, set, &mut items);
    let key = |item: &'a Positioned<Field>| &item.node.response_key().node;
    let mut plan = Plan { name: shape.name, text: planner.text, ..Plan::default() };
    plan.fields.reserve_exact(items.len());
    for item in &items {
        let twice = items.iter().filter(|other| key(other) == key(item)).count() > 1;
        let below = Planner { text: planner.text && !twice, ..*planner };
        let mut field = Planned::field(shape, &below, item);
        if planner.text {
            field.label = format!("\"{}\":", field.key);
        }
        plan.merged |= twice;
        plan.loaded |= field.loaded;
        plan.text &= field.plan.text || field.plan.fields.is_empty();
        plan.fields.push(field);
    }
    plan.text &= !plan.loaded && !plan.merged;
    plan
}

fn collect<'a>(name: &str, planner: &Planner<'a>, set: &'a SelectionSet, items: &mut Vec<&'a Positioned<Field>>) {
    for selection in &set.items {
        let (condition, set) = match &selection.node {
            Selection::Field(field) => {
                items.push(field);
                continue;
            }
            Selection::InlineFragment(fragment) => {
                (fragment.node.type_condition.as_ref(), &fragment.node.selection_set.node)
            }
            Selection::FragmentSpread(spread) => {
                // Validation has found every fragment.
                let Some(fragment) = planner.env.query.fragments.get(&spread.node.fragment_name.node) else { continue };
                (Some(&fragment.node.type_condition), &fragment.node.selection_set.node)
            }
        };
        let applies = condition.is_none_or(|condition| {
            let on = condition.node.on.node.as_str();
            let types = &planner.env.schema.registry.types;
            on == name || types.get(on).is_some_and(|found| found.is_possible_type(name))
        });
        if applies {
            collect(name, planner, set, items);
        }
    }
}

/// Where a value stands: the request, its path and its field.
#[derive(Clone, Copy)]
pub struct At<'a> {
    pub(crate) env: &'a Env<'a>,
    pub(crate) path: Option<QueryPathNode<'a>>,
    pub(crate) field: &'a Planned<'a>,
}

impl<'a> At<'a> {
    /// A field of this object.
    pub(crate) fn child<'s>(&'s self, field: &'s Planned<'s>) -> At<'s> {
        let segment = QueryPathSegment::Name(field.key.as_str());
        At { env: self.env, path: Some(QueryPathNode { parent: self.path.as_ref(), segment }), field }
    }

    /// An item of this list.
    pub(crate) fn index(&self, index: usize) -> At<'_> {
        let segment = QueryPathSegment::Index(index);
        At { env: self.env, path: Some(QueryPathNode { parent: self.path.as_ref(), segment }), field: self.field }
    }

    /// The engine's context of the field.
    pub fn context(&self) -> Context<'a> {
        self.env.context(self.path, self.field.item)
    }

    /// An error of the field, with its place.
    pub fn fail(&self, error: impl Into<Error>) -> ServerError {
        self.place(error.into().into_server_error(self.field.item.pos))
    }

    /// An error with the path of here.
    pub fn place(&self, error: ServerError) -> ServerError {
        self.context().set_error_path(error)
    }

    /// The field's arguments, parsed once for all rows.
    pub fn arguments<T: 'static>(&self) -> ServerResult<&T> {
        match &self.field.arguments {
            Some(Ok(arguments)) => arguments.downcast_ref().ok_or_else(|| self.fail("arguments of another field")),
            Some(Err(error)) => Err(self.place(error.clone())),
            None => Err(self.fail("a field without arguments")),
        }
    }

    /// Whether the value can be shown without awaiting.
    pub fn shows(&self) -> bool {
        !self.field.plan.loaded
    }

    /// The value of something that shows.
    pub fn show(&self, value: &dyn Plain) -> ServerResult<Value> {
        self.write(|out| value.show(self, out))
    }

    /// What something writes.
    pub(crate) fn write(&self, show: impl FnOnce(&mut Out) -> ServerResult<()>) -> ServerResult<Value> {
        let mut out = Out::new(self.field.plan.text);
        show(&mut out)?;
        Ok(out.finish())
    }
}
