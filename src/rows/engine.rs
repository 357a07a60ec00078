//! Rows written by their plan, and the doors through which the engine comes in.

use std::borrow::Cow;
use std::task::Poll;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{Context, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value};
use futures_util::future::{BoxFuture, ready, try_join_all};

use crate::out::Out;
use crate::plain::Plain;
use crate::plan::{At, Plan, Planned, Planner, Shape, Which};

/// A row object. `#[row_object]` and `#[derive(RowObject)]` implement it.
pub trait Row: Send + Sync {
    /// The fields that it has.
    fn shape() -> &'static Shape
    where
        Self: Sized;

    /// Writes the value of a plain getter, by its place in the shape.
    fn show_field(&self, place: usize, at: &At<'_>, out: &mut Out) -> ServerResult<()>;

    /// Loads a field, or a plain one below which something is loaded.
    fn load_field<'a>(&'a self, place: usize, at: At<'a>) -> BoxFuture<'a, ServerResult<Value>>;
}

fn show_planned(row: &dyn Row, name: &'static str, at: &At<'_>, out: &mut Out) -> ServerResult<()> {
    match at.field.which {
        Which::Field(place) => return row.show_field(place, at, out),
        Which::TypeName => out.str(name),
        Which::Unknown => out.null(),
    }
    Ok(())
}

/// Writes a row by its plan.
pub fn show_row(row: &dyn Row, at: &At<'_>, out: &mut Out) -> ServerResult<()> {
    let plan = &at.field.plan;
    if let Some(text) = out.text() {
        text.push(b'{');
        for (place, field) in plan.fields.iter().enumerate() {
            if let Some(text) = out.text() {
                if place > 0 {
                    text.push(b',');
                }
                text.extend_from_slice(field.label.as_bytes());
            }
            show_planned(row, plan.name, &at.child(field), out)?;
        }
        if let Some(text) = out.text() {
            text.push(b'}');
        }
        return Ok(());
    }
    if plan.merged {
        let mut object = IndexMap::with_capacity(plan.fields.len());
        for field in &plan.fields {
            show_planned(row, plan.name, &at.child(field), out)?;
            merge(&mut object, field.key.clone(), out.take());
        }
        out.value(Value::Object(object));
        return Ok(());
    }
    let mut object = plan.empty();
    for (field, value) in plan.fields.iter().zip(object.values_mut()) {
        show_planned(row, plan.name, &at.child(field), out)?;
        *value = out.take();
    }
    out.value(Value::Object(object));
    Ok(())
}

/// Loads a row by its plan: every field is begun in the order asked for, and those that wait are awaited together.
pub fn load_row<'a>(row: &'a dyn Row, at: At<'a>) -> BoxFuture<'a, ServerResult<Value>> {
    Box::pin(async move {
        let plan = &at.field.plan;
        let mut values = Vec::with_capacity(plan.fields.len());
        let mut waiting = Vec::new();
        for (place, field) in plan.fields.iter().enumerate() {
            let at = at.child(field);
            let (Which::Field(of), true) = (field.which, field.loaded) else {
                values.push(at.write(|out| show_planned(row, plan.name, &at, out))?);
                continue;
            };
            let mut load = row.load_field(of, at);
            match std::future::poll_fn(|cx| Poll::Ready(load.as_mut().poll(cx))).await {
                Poll::Ready(value) => values.push(value?),
                Poll::Pending => {
                    values.push(Value::Null);
                    waiting.push(async move { load.await.map(|value| (place, value)) });
                }
            }
        }
        if !waiting.is_empty() {
            // They have this task's waker by now: asking them again in the same turn would be one turn too many.
            let mut begun = true;
            std::future::poll_fn(|_| if std::mem::take(&mut begun) { Poll::Pending } else { Poll::Ready(()) }).await;
            for (place, value) in try_join_all(waiting).await? {
                values[place] = value;
            }
        }
        if plan.merged {
            let mut object = IndexMap::with_capacity(values.len());
            plan.fields.iter().zip(values).for_each(|(field, value)| merge(&mut object, field.key.clone(), value));
            return Ok(Value::Object(object));
        }
        let mut object = plan.empty();
        object.values_mut().zip(values).for_each(|(place, value)| *place = value);
        Ok(Value::Object(object))
    })
}

/// What the engine does with a response key that comes again: objects are merged, of anything else the first stays.
fn merge(object: &mut IndexMap<Name, Value>, key: Name, value: Value) {
    let Some(before) = object.get_mut(&key) else {
        object.insert(key, value);
        return;
    };
    let both = |before: &mut Value, value: Value| {
        if let (Value::Object(object), Value::Object(more)) = (before, value) {
            more.into_iter().for_each(|(key, value)| merge(object, key, value));
        }
    };
    match (before, value) {
        (Value::List(items), Value::List(more)) => {
            items.iter_mut().zip(more).for_each(|(item, more)| both(item, more));
        }
        (before, value) => both(before, value),
    }
}

/// The future of a value that has to be loaded and is not borrowed from its row.
pub fn owned<'a, P: Plain + 'a>(value: P, at: At<'a>) -> BoxFuture<'a, ServerResult<Value>> {
    Box::pin(async move { value.load(at).await })
}

/// The future of a field that the row does not have.
pub fn missing<'a>() -> BoxFuture<'a, ServerResult<Value>> {
    Box::pin(ready(Ok(Value::Null)))
}

/// How a type reads its selection: [`Plain::plan`].
type ReadPlan = for<'a> fn(&Planner<'a>, &'a Positioned<Field>) -> Plan<'a>;

/// `OutputType::resolve` of a plain type: what the engine calls where a field of its own returns one.
pub fn resolve<'a>(
    value: &'a dyn Plain,
    plan: ReadPlan,
    ctx: &'a ContextSelectionSet<'a>,
    field: &'a Positioned<Field>,
) -> BoxFuture<'a, ServerResult<Value>> {
    let planner = Planner::new(ctx, &field.node);
    let planned = Planned::of(field, plan(&planner, field));
    let at = At { env: &planner.env, path: ctx.path_node, field: &planned };
    if at.shows() {
        return Box::pin(ready(at.show(value)));
    }
    Box::pin(async move {
        let at = At { env: &planner.env, path: ctx.path_node, field: &planned };
        value.load(at).await
    })
}

/// `ContainerType::resolve_field` of a row object: what the engine calls for roots, interfaces and unions.
pub fn resolve_field<'a>(
    row: &'a dyn Row,
    shape: &'static Shape,
    ctx: &'a Context<'a>,
) -> BoxFuture<'a, ServerResult<Option<Value>>> {
    let planner = Planner::new(ctx, &ctx.item.node);
    let planned = Planned::field(shape, &planner, ctx.item);
    let Which::Field(place) = planned.which else { return Box::pin(ready(Ok(None))) };
    let at = At { env: &planner.env, path: ctx.path_node, field: &planned };
    if !planned.loaded {
        return Box::pin(ready(at.write(|out| row.show_field(place, &at, out)).map(Some)));
    }
    Box::pin(async move {
        let at = At { env: &planner.env, path: ctx.path_node, field: &planned };
        row.load_field(place, at).await.map(Some)
    })
}

/// What a resolver of the engine's own derive returns where its list should be read by one plan: it stands in the
/// schema for what it holds.
pub struct Rows<P>(pub P);

#[async_graphql::async_trait::async_trait]
impl<P: Plain + OutputType> OutputType for Rows<P> {
    fn type_name() -> Cow<'static, str> {
        P::type_name()
    }

    fn qualified_type_name() -> String {
        P::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        P::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        resolve(&self.0, P::plan, ctx, field).await
    }
}
