//! Fields that a feature adds to a type of the schema below it: an organisation's functions stand with the functions, and
//! not with the organisation, which knows nothing of them.
//!
//! The type says `#[row_object(extensible)]`; whoever extends it writes a row object over a reference to it and declares
//! it by [`extension!`](crate::extension); whoever puts the schema together calls [`Extensible::extend`] before it is built.

use std::sync::OnceLock;

use async_graphql::registry::{MetaType, Registry};
use async_graphql::{ServerResult, Value};
use futures_util::future::BoxFuture;

use crate::engine::{Row, missing};
use crate::plan::{At, FieldShape, Shape};
use crate::schema::Fields;

/// A type that features above it add fields to.
pub trait Extensible: Row + Sized + 'static {
    /// Where what they add is kept.
    fn extensions() -> &'static OnceLock<Vec<Extension<Self>>>;

    /// Adds it; a second time changes nothing.
    fn extend(extensions: Vec<Extension<Self>>) {
        Self::extensions().get_or_init(|| extensions);
    }
}

/// Fields that one feature adds.
pub struct Extension<T: 'static> {
    /// The shape of the row object that has them.
    pub shape: fn() -> &'static Shape,
    /// Its type in the schema; it goes as soon as its fields were taken over.
    pub fields: fn(&mut Registry) -> MetaType,
    /// Loads one of them by its place.
    pub load: for<'a> fn(&'a T, usize, At<'a>) -> BoxFuture<'a, ServerResult<Value>>,
}

/// Places of added fields begin here, and with each extension one step further: no type has so many fields of its own.
const STEP: usize = 10_000;

fn all<T: Extensible>() -> &'static [Extension<T>] {
    T::extensions().get().map_or(&[], Vec::as_slice)
}

/// The added field of a name, and its place.
pub fn find<T: Extensible>(name: &str) -> Option<(usize, &'static FieldShape)> {
    all::<T>().iter().enumerate().find_map(|(number, extension)| {
        let fields = (extension.shape)().fields;
        let place = fields.iter().position(|field| field.name == name)?;
        Some((STEP * (number + 1) + place, &fields[place]))
    })
}

/// Loads an added field by the place that [`find`] told.
pub fn load<'a, T: Extensible>(row: &'a T, place: usize, at: At<'a>) -> BoxFuture<'a, ServerResult<Value>> {
    let extension = (place / STEP).checked_sub(1).and_then(|number| all::<T>().get(number));
    extension.map_or_else(missing, |extension| (extension.load)(row, place % STEP, at))
}

/// A field of the row object of an extension.
pub async fn load_of<R: Row>(row: R, place: usize, at: At<'_>) -> ServerResult<Value> {
    match R::shape().fields.get(place) {
        Some(field) if !field.loaded && at.shows() => at.write(|out| row.show_field(place, &at, out)),
        _ => row.load_field(place, at).await,
    }
}

/// Enters the added fields of a type in the registry.
pub fn enter<T: Extensible>(registry: &mut Registry, fields: &mut Fields) {
    for extension in all::<T>() {
        if let MetaType::Object { fields: added, .. } = (extension.fields)(registry) {
            fields.extend(added);
        }
    }
}

/// Declares what a feature adds to a type: a constant, over a row object that holds a reference to the type.
#[macro_export]
macro_rules! extension {
    ($(#[$doc:meta])* $vis:vis $constant:ident: $type:ty => $object:ident) => {
        $(#[$doc])*
        $vis const $constant: $crate::extend::Extension<$type> = $crate::extend::Extension {
            shape: <$object<'static> as $crate::Row>::shape,
            fields: |registry| registry.create_fake_output_type::<$object<'static>>(),
            load: |row, place, at| Box::pin($crate::extend::load_of($object(row), place, at)),
        };
    };
}
