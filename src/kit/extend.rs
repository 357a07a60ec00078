//! Fields that a feature adds to a type of the schema below it: an organisation's functions stand with the functions, and
//! not with the organisation, which knows nothing of them.
//!
//! The type that is extended has a flattened field of [`More`]; whoever extends it writes an `#[Object]` over a
//! reference to it and declares it by [`extension!`](crate::extension); `api` installs all of them before the schema is
//! built.

use std::borrow::Cow;
use std::sync::OnceLock;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaType, MetaTypeId, Registry};
use async_graphql::resolver_utils::resolve_container;
use async_graphql::{ContainerType, Context, ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use async_trait::async_trait;
use futures_util::future::BoxFuture;

/// A type that features above it add fields to.
pub trait Extensible: Sized + Send + Sync + 'static {
    /// Names its further fields while the schema is built; never in the schema itself.
    const MORE: &'static str;

    /// Where its extensions are kept.
    fn extensions() -> &'static OnceLock<Vec<Extension<Self>>>;

    /// Installs them; a second time changes nothing.
    fn extend(extensions: Vec<Extension<Self>>) {
        Self::extensions().get_or_init(|| extensions);
    }
}

/// Fields that one feature adds.
pub struct Extension<T: 'static> {
    /// The type that has them.
    pub fields: fn(&mut Registry) -> MetaType,
    /// Resolves one of them; none where the name is not one of them.
    pub resolve: for<'a> fn(&'a T, &'a Context<'a>) -> BoxFuture<'a, ServerResult<Option<Value>>>,
}

/// All further fields of a value, as its type flattens them in.
pub struct More<'a, T>(pub &'a T);

#[async_trait]
impl<T: Extensible> ContainerType for More<'_, T> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        for extension in T::extensions().get().into_iter().flatten() {
            if let Some(value) = (extension.resolve)(self.0, ctx).await? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }
}

#[async_trait]
impl<T: Extensible> OutputType for More<'_, T> {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(T::MORE)
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Object, |registry| {
            let mut all = indexmap::IndexMap::new();
            for extension in T::extensions().get().into_iter().flatten() {
                if let MetaType::Object { fields, .. } = (extension.fields)(registry) {
                    all.extend(fields);
                }
            }
            MetaType::Object {
                name: T::MORE.to_owned(),
                description: None,
                fields: all,
                cache_control: Default::default(),
                extends: false,
                shareable: false,
                resolvable: true,
                keys: None,
                visible: None,
                inaccessible: false,
                interface_object: false,
                tags: Vec::new(),
                is_subscription: false,
                rust_typename: None,
                directive_invocations: Vec::new(),
                requires_scopes: Vec::new(),
            }
        })
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _field: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

/// Makes a type extensible: `extensible!(Organisation);`.
#[macro_export]
macro_rules! extensible {
    ($type:ident) => {
        impl $crate::extend::Extensible for $type {
            const MORE: &'static str = concat!("More", stringify!($type));

            fn extensions() -> &'static std::sync::OnceLock<Vec<$crate::extend::Extension<Self>>> {
                static ALL: std::sync::OnceLock<Vec<$crate::extend::Extension<$type>>> = std::sync::OnceLock::new();
                &ALL
            }
        }
    };
}

/// Declares what a feature adds to a type: a constant for `api`, over an `#[Object]` that holds a reference to the type.
#[macro_export]
macro_rules! extension {
    ($(#[$doc:meta])* $vis:vis $constant:ident: $type:ty => $object:ident) => {
        $(#[$doc])*
        $vis const $constant: $crate::extend::Extension<$type> = $crate::extend::Extension {
            fields: |registry| registry.create_fake_output_type::<$object<'static>>(),
            resolve: |row, ctx| {
                Box::pin(async move { async_graphql::ContainerType::resolve_field(&$object(row), ctx).await })
            },
        };
    };
}
