//! Values that can be written without awaiting, and the wrappers around them.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::{Error, ID, Json, Positioned, ScalarType, ServerResult, Value};
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::{BoxFuture, ready, try_join_all};
use uuid::Uuid;

use crate::out::Out;
use crate::plan::{At, Plan, Planner};

/// A value of the schema that needs no future, unless something loaded is selected below it.
pub trait Plain: Send + Sync {
    /// Reads what is selected of it; nothing of what is no object.
    fn plan<'a>(_planner: &Planner<'a>, _field: &'a Positioned<Field>) -> Plan<'a>
    where
        Self: Sized,
    {
        Plan::default()
    }

    /// Writes it. Its plan has nothing loaded.
    fn show(&self, at: &At<'_>, out: &mut Out) -> ServerResult<()>;

    /// Loads what its plan has loaded, and gives the whole.
    fn load<'a>(&'a self, at: At<'a>) -> BoxFuture<'a, ServerResult<Value>> {
        Box::pin(ready(at.write(|out| self.show(&at, out))))
    }
}

/// Makes custom scalars plain.
#[macro_export]
macro_rules! plain_scalar {
    ($($name:ty),+ $(,)?) => {$(
        impl $crate::Plain for $name {
            fn show(&self, _: &$crate::At<'_>, out: &mut $crate::Out) -> ::async_graphql::ServerResult<()> {
                out.value(::async_graphql::ScalarType::to_value(self));
                Ok(())
            }
        }
    )+};
}

/// Makes enumerations plain.
#[macro_export]
macro_rules! plain_enum {
    ($($name:ty),+ $(,)?) => {$(
        impl $crate::Plain for $name {
            fn show(&self, _: &$crate::At<'_>, out: &mut $crate::Out) -> ::async_graphql::ServerResult<()> {
                let items = <$name as ::async_graphql::resolver_utils::EnumType>::items();
                match items.iter().find(|item| item.value == *self) {
                    Some(item) => out.name(item.name),
                    None => out.null(),
                }
                Ok(())
            }
        }
    )+};
}

/// Lets types that the engine's own derive declares stand as fields of row objects; they are awaited.
#[macro_export]
macro_rules! plain_output {
    ($($name:ty),+ $(,)?) => {$(
        impl $crate::Plain for $name {
            fn plan<'a>(
                _: &$crate::Planner<'a>,
                _: &'a ::async_graphql::Positioned<::async_graphql::parser::types::Field>,
            ) -> $crate::Plan<'a> {
                $crate::Plan::by_engine()
            }

            fn show(&self, _: &$crate::At<'_>, out: &mut $crate::Out) -> ::async_graphql::ServerResult<()> {
                out.null();
                Ok(())
            }

            fn load<'a>(
                &'a self,
                at: $crate::At<'a>,
            ) -> $crate::BoxFuture<'a, ::async_graphql::ServerResult<::async_graphql::Value>> {
                Box::pin(async move {
                    let ctx = at.context();
                    let set = ctx.with_selection_set(&ctx.item.node.selection_set);
                    ::async_graphql::OutputType::resolve(self, &set, ctx.item).await
                })
            }
        }
    )+};
}

plain_scalar!(bool, f64);

macro_rules! plain {
    ($($name:ty: |$value:ident, $out:ident| $write:expr;)+) => {$(
        impl Plain for $name {
            fn show(&self, _: &At<'_>, $out: &mut Out) -> ServerResult<()> {
                let $value = self;
                $write;
                Ok(())
            }
        }
    )+};
}

plain! {
    i32: |number, out| out.int(i64::from(*number));
    u32: |number, out| out.int(i64::from(*number));
    i64: |number, out| out.int(*number);
    String: |string, out| out.str(string);
    &str: |string, out| out.str(string);
    Cow<'_, str>: |string, out| out.str(string);
    ID: |id, out| out.str(id);
    Uuid: |id, out| out.str(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
    NaiveDate: |day, out| out.value(day.to_value());
    DateTime<Utc>: |time, out| out.value(time.to_value());
}

impl<T: serde::Serialize + Send + Sync> Plain for Json<T> {
    fn show(&self, _: &At<'_>, out: &mut Out) -> ServerResult<()> {
        out.value(async_graphql::to_value(&self.0).unwrap_or_default());
        Ok(())
    }
}

macro_rules! plain_pointer {
    ($($name:ty),+) => {$(
        impl<P: Plain> Plain for $name {
            fn plan<'a>(planner: &Planner<'a>, field: &'a Positioned<Field>) -> Plan<'a> {
                P::plan(planner, field)
            }

            fn show(&self, at: &At<'_>, out: &mut Out) -> ServerResult<()> {
                P::show(self, at, out)
            }

            fn load<'a>(&'a self, at: At<'a>) -> BoxFuture<'a, ServerResult<Value>> {
                P::load(self, at)
            }
        }
    )+};
}

plain_pointer!(&P, Arc<P>, Box<P>);

impl<P: Plain> Plain for Option<P> {
    fn plan<'a>(planner: &Planner<'a>, field: &'a Positioned<Field>) -> Plan<'a> {
        P::plan(planner, field)
    }

    fn show(&self, at: &At<'_>, out: &mut Out) -> ServerResult<()> {
        let Some(value) = self else {
            out.null();
            return Ok(());
        };
        let mark = out.mark();
        if let Err(error) = value.show(at, out) {
            at.context().add_error(error);
            out.back_to(mark);
            out.null();
        }
        Ok(())
    }

    fn load<'a>(&'a self, at: At<'a>) -> BoxFuture<'a, ServerResult<Value>> {
        match self {
            None => Box::pin(ready(Ok(Value::Null))),
            Some(value) => or_null(value.load(at), at),
        }
    }
}

fn or_null<'a>(value: BoxFuture<'a, ServerResult<Value>>, at: At<'a>) -> BoxFuture<'a, ServerResult<Value>> {
    Box::pin(async move {
        Ok(value.await.unwrap_or_else(|error| {
            at.context().add_error(error);
            Value::Null
        }))
    })
}

impl<P: Plain, E: Into<Error> + Clone + Send + Sync> Plain for Result<P, E> {
    fn plan<'a>(planner: &Planner<'a>, field: &'a Positioned<Field>) -> Plan<'a> {
        P::plan(planner, field)
    }

    fn show(&self, at: &At<'_>, out: &mut Out) -> ServerResult<()> {
        match self {
            Ok(value) => value.show(at, out),
            Err(error) => Err(at.fail(error.clone())),
        }
    }

    fn load<'a>(&'a self, at: At<'a>) -> BoxFuture<'a, ServerResult<Value>> {
        match self {
            Ok(value) => value.load(at),
            Err(error) => Box::pin(ready(Err(at.fail(error.clone())))),
        }
    }
}

macro_rules! plain_list {
    ($($name:ty),+) => {$(
        impl<P: Plain> Plain for $name {
            fn plan<'a>(planner: &Planner<'a>, field: &'a Positioned<Field>) -> Plan<'a> {
                P::plan(planner, field)
            }

            fn show(&self, at: &At<'_>, out: &mut Out) -> ServerResult<()> {
                show_list(self, at, out)
            }

            fn load<'a>(&'a self, at: At<'a>) -> BoxFuture<'a, ServerResult<Value>> {
                load_list(self.iter().map(|item| item as &dyn Plain).collect(), at)
            }
        }
    )+};
}

plain_list!(Vec<P>, &[P], Arc<[P]>, Box<[P]>);

fn show_list<P: Plain>(items: &[P], at: &At<'_>, out: &mut Out) -> ServerResult<()> {
    let mut values = Vec::with_capacity(if out.text().is_some() { 0 } else { items.len() });
    if let Some(text) = out.text() {
        text.push(b'[');
    }
    let begin = out.mark();
    for (index, item) in items.iter().enumerate() {
        if index > 0
            && let Some(text) = out.text()
        {
            text.push(b',');
            if index == 1 {
                // The others will be about as long as the first.
                text.reserve((text.len() - begin + 8) * items.len());
            }
        }
        let at = at.index(index);
        item.show(&at, out).map_err(|error| at.place(error))?;
        if let Out::Tree(value) = out {
            values.push(std::mem::take(value));
        }
    }
    match out {
        Out::Tree(value) => *value = Value::List(values),
        Out::Text(text) => text.push(b']'),
    }
    Ok(())
}

fn load_list<'a>(items: Vec<&'a dyn Plain>, at: At<'a>) -> BoxFuture<'a, ServerResult<Value>> {
    Box::pin(async move {
        let at = &at;
        let loads = items.iter().enumerate().map(|(index, item)| async move {
            let at = at.index(index);
            item.load(at).await.map_err(|error| at.place(error))
        });
        Ok(Value::List(try_join_all(loads).await?))
    })
}
