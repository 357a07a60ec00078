//! What the macros enter in the engine's registry, as the engine's own derive does.

pub use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{Deprecation, MetaField, MetaInputValue, MetaType};

/// The fields of a type.
pub type Fields = IndexMap<String, MetaField>;

/// A field without arguments.
pub fn field(name: &str, description: Option<&str>, ty: String) -> MetaField {
    MetaField {
        name: name.to_owned(),
        description: description.map(str::to_owned),
        args: IndexMap::new(),
        ty,
        deprecation: Deprecation::NoDeprecated,
        cache_control: Default::default(),
        external: false,
        requires: None,
        provides: None,
        visible: None,
        shareable: false,
        inaccessible: false,
        tags: Vec::new(),
        override_from: None,
        compute_complexity: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// Adds an argument to a field.
pub fn argument(
    field: &mut MetaField,
    name: &str,
    description: Option<&str>,
    ty: String,
    default_value: Option<String>,
    is_secret: bool,
) {
    let argument = MetaInputValue {
        name: name.to_owned(),
        description: description.map(str::to_owned),
        ty,
        deprecation: Deprecation::NoDeprecated,
        default_value,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret,
        directive_invocations: Vec::new(),
    };
    field.args.insert(name.to_owned(), argument);
}

/// Marks a field as deprecated.
pub fn deprecate(field: &mut MetaField, reason: Option<&str>) {
    field.deprecation = Deprecation::Deprecated { reason: reason.map(str::to_owned) };
}

/// An object.
pub fn object(name: &str, description: Option<&str>, fields: Fields, rust_typename: &'static str) -> MetaType {
    MetaType::Object {
        name: name.to_owned(),
        description: description.map(str::to_owned),
        fields,
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
        rust_typename: Some(rust_typename),
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// An interface; it knows the names of the types that have it.
pub fn interface(
    name: &str,
    description: Option<&str>,
    fields: Fields,
    possible_types: Vec<String>,
    rust_typename: &'static str,
) -> MetaType {
    MetaType::Interface {
        name: name.to_owned(),
        description: description.map(str::to_owned),
        fields,
        possible_types: possible_types.into_iter().collect(),
        extends: false,
        keys: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: Some(rust_typename),
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}
