//! What a document costs: an estimate of the objects that its answer may hold.
//!
//! # The scale
//! One point is one object of an answer, which is about one row read, one set of resolvers run and one
//! JSON object written; every scalar in it adds a tenth. A list holds as many objects as its page says:
//! `first` or `last` (as a literal, by the request's variables, or by default), or the number of `ids`;
//! else [`Limits::page_size`] where it could have said, and [`Limits::list_size`] where it could not. No
//! page counts more than [`Limits::page_cap`]. A connection is itself one object, and the lists directly
//! in it (`nodes`, `edges`) hold as many as the connection's page, while its `pageInfo` is there once.
//!
//! So a page of 100 rows of ten scalars costs about 200, the same three levels deep (20 x 10 x 3, with
//! nineteen scalars in the last) some 2,500, a page of 100 each with a page of 100 between 11,000 and
//! 30,000, and one level more is beyond the limit, as it should be: that answer takes seconds.
//!
//! The schema describes itself from memory: its objects count a tenth, its scalars nothing, and its
//! lists as long as they are on the average, so that one full introspection passes and a circle through
//! `type { fields { type { fields` does not.

use apollo_compiler::Schema;
use apollo_compiler::ast::Value;
use apollo_compiler::executable::{ExecutableDocument, Field, Operation, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use async_graphql::{Name, Value as ConstValue, Variables};

use super::limits::Limits;

/// Costs are summed in tenths of a point.
const POINT: u64 = 10;
/// The arguments that say how long a list is.
const PAGE_ARGUMENTS: [&str; 3] = ["first", "last", "ids"];

/// The schema, and what its fields cost.
#[derive(Debug)]
pub(super) struct Tariff {
    schema: Valid<Schema>,
    limits: Limits,
    types: u64,
    fields_of_type: u64,
    arguments_of_field: u64,
    values_of_type: u64,
}

impl Tariff {
    pub fn new(schema: Valid<Schema>, limits: Limits) -> Tariff {
        let (mut types, mut fields, mut arguments, mut values) = (0_u64, 0_u64, 0_u64, 0_u64);
        let mut holders = 0_u64;
        let length = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        for definition in schema.types.values() {
            types += 1;
            let own = match definition {
                ExtendedType::Object(object) => &object.fields,
                ExtendedType::Interface(interface) => &interface.fields,
                ExtendedType::Enum(definition) => {
                    values += length(definition.values.len());
                    continue;
                }
                ExtendedType::InputObject(input) => {
                    values += length(input.fields.len());
                    continue;
                }
                ExtendedType::Scalar(_) | ExtendedType::Union(_) => continue,
            };
            holders += 1;
            fields += length(own.len());
            arguments += own.values().map(|field| length(field.arguments.len())).sum::<u64>();
        }
        Tariff {
            schema,
            limits,
            types,
            fields_of_type: fields.div_ceil(holders.max(1)),
            arguments_of_field: arguments.div_ceil(fields.max(1)),
            values_of_type: values.div_ceil(types.max(1)),
        }
    }

    pub fn schema(&self) -> &Valid<Schema> {
        &self.schema
    }

    /// How long a list of the schema's own description is.
    fn description(&self, field: &str) -> u64 {
        match field {
            "types" => self.types,
            "fields" => self.fields_of_type,
            "args" => self.arguments_of_field,
            "inputFields" | "enumValues" => self.values_of_type,
            "directives" => u64::try_from(self.schema.directive_definitions.len()).unwrap_or(u64::MAX),
            _ => 1,
        }
    }

    fn page(&self, field: &Field) -> Option<Page> {
        let mut page = Page { fixed: 0, variables: Vec::new(), otherwise: self.limits.page_size };
        let mut could_say = false;
        for definition in &field.definition.arguments {
            if !PAGE_ARGUMENTS.contains(&definition.name.as_str()) {
                continue;
            }
            could_say = true;
            if let Some(default) = definition.default_value.as_deref().and_then(length) {
                page.otherwise = default;
            }
            match field.specified_argument_by_name(&definition.name).map(AsRef::as_ref) {
                Some(Value::Variable(name)) => page.variables.push(Name::new(name.as_str())),
                Some(value) => page.fixed = page.fixed.max(length(value).unwrap_or(0)),
                None => {}
            }
        }
        could_say.then_some(page)
    }
}

/// The length that a literal gives a list: a number, or the number of its items.
fn length(value: &Value) -> Option<u64> {
    match value {
        // A number beyond 32 bits is refused where it is executed, and no shorter than the cap here.
        Value::Int(number) => Some(number.try_to_i32().map_or(u64::MAX, |number| u64::try_from(number).unwrap_or(0))),
        Value::List(items) => u64::try_from(items.len()).ok(),
        _ => None,
    }
}

/// How long a list is; if several arguments speak of it, as long as the largest says.
#[derive(Debug)]
struct Page {
    fixed: u64,
    variables: Vec<Name>,
    otherwise: u64,
}

impl Page {
    fn fixed(length: u64) -> Page {
        Page { fixed: length, variables: Vec::new(), otherwise: length }
    }

    fn length(&self, variables: &Variables, cap: u64) -> u64 {
        let said = self.variables.iter().map(|name| match variables.get(name) {
            Some(ConstValue::Number(number)) => number.as_u64().unwrap_or(0),
            Some(ConstValue::List(items)) => u64::try_from(items.len()).unwrap_or(u64::MAX),
            _ => 0,
        });
        match said.max().unwrap_or(0).max(self.fixed) {
            0 => self.otherwise,
            said => said,
        }
        .clamp(1, cap)
    }
}

/// The cost of a selection set: `flat`, and `per_item` for each item of the page that stands around it,
/// and what depends on the request's variables. Everything else is summed up beforehand.
#[derive(Debug, Default)]
struct Sum {
    flat: u64,
    per_item: u64,
    moving: Vec<Moving>,
}

/// A field of which the cost depends on the request's variables.
#[derive(Debug)]
struct Moving {
    own: u64,
    inner: Sum,
    extent: Extent,
}

#[derive(Debug)]
enum Extent {
    /// One object; the lists in it are as long as the page, if it takes one.
    One(Option<Page>),
    /// A list as long as the page.
    Many(Page),
    /// A list as long as the page of the object around it.
    Inherited,
}

/// What an operation costs.
#[derive(Debug)]
pub(super) struct Cost {
    sum: Sum,
    list: u64,
    cap: u64,
}

impl Cost {
    pub fn of(operation: &Operation, document: &ExecutableDocument, tariff: &Tariff) -> Cost {
        let mut sum = Sum::default();
        add_set(&mut sum, &operation.selection_set, document, tariff);
        Cost { sum, list: tariff.limits.list_size, cap: tariff.limits.page_cap }
    }

    /// In points, for the variables of a request.
    pub fn with(&self, variables: &Variables) -> u64 {
        self.sum.tenths(self.list, variables, self).div_ceil(POINT)
    }
}

/// Fragments are simply followed: the limits have bounded the expanded document already.
fn add_set(sum: &mut Sum, set: &SelectionSet, document: &ExecutableDocument, tariff: &Tariff) {
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => add_field(sum, field, set.ty.starts_with("__"), document, tariff),
            Selection::InlineFragment(inline) => add_set(sum, &inline.selection_set, document, tariff),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = spread.fragment_def(document) {
                    add_set(sum, &fragment.selection_set, document, tariff);
                }
            }
        }
    }
}

fn add_field(sum: &mut Sum, field: &Field, in_description: bool, document: &ExecutableDocument, tariff: &Tariff) {
    let mut inner = Sum::default();
    add_set(&mut inner, &field.selection_set, document, tariff);
    let describes = field.ty().inner_named_type().starts_with("__");
    let own = match (field.selection_set.is_empty(), describes || in_description) {
        (true, true) => 0,
        (true, false) | (false, true) => 1,
        (false, false) => POINT,
    };
    let extent = match (field.ty().is_list(), tariff.page(field)) {
        (true, _) if in_description => Extent::Many(Page::fixed(tariff.description(&field.name))),
        (true, Some(page)) => Extent::Many(page),
        (true, None) => Extent::Inherited,
        (false, page) => Extent::One(page),
    };
    let cap = if in_description { u64::MAX } else { tariff.limits.page_cap };
    let list = tariff.limits.list_size;
    let fixed = match &extent {
        Extent::One(Some(page)) | Extent::Many(page) => page.variables.is_empty(),
        Extent::One(None) | Extent::Inherited => true,
    };
    if !fixed || !inner.moving.is_empty() {
        sum.moving.push(Moving { own, inner, extent });
        return;
    }
    let none = Variables::default();
    let (to, cost) = match &extent {
        Extent::One(page) => {
            let items = page.as_ref().map_or(list, |page| page.length(&none, cap));
            (&mut sum.flat, own.saturating_add(inner.constant(items)))
        }
        Extent::Many(page) => {
            let one = own.saturating_add(inner.constant(list));
            (&mut sum.flat, one.saturating_mul(page.length(&none, cap)))
        }
        Extent::Inherited => (&mut sum.per_item, own.saturating_add(inner.constant(list))),
    };
    *to = to.saturating_add(cost);
}

impl Sum {
    fn constant(&self, items: u64) -> u64 {
        self.flat.saturating_add(self.per_item.saturating_mul(items))
    }

    fn tenths(&self, items: u64, variables: &Variables, cost: &Cost) -> u64 {
        self.moving.iter().fold(self.constant(items), |sum, moving| {
            let (times, inside) = match &moving.extent {
                Extent::One(None) => (1, cost.list),
                Extent::One(Some(page)) => (1, page.length(variables, cost.cap)),
                Extent::Many(page) => (page.length(variables, cost.cap), cost.list),
                Extent::Inherited => (items, cost.list),
            };
            let one = moving.own.saturating_add(moving.inner.tenths(inside, variables, cost));
            sum.saturating_add(one.saturating_mul(times))
        })
    }
}
