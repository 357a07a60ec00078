//! Macros that declare row objects; the crate `rows` says what those are.

mod attributes;
mod interface;
mod object;

use proc_macro::TokenStream;
use syn::parse_macro_input;

/// Declares a type of the schema by the methods of an `impl`, as async-graphql's `Object` does: a method that is
/// no `async fn` is a plain getter, an `async fn` is loaded.
///
/// `#[row_object(name = "...")]` names the type. Methods take `#[graphql(name, deprecation, directive, skip)]`,
/// arguments `#[graphql(name, desc, default, default_with, validator(...), secret)]`.
#[proc_macro_attribute]
pub fn row_object(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as syn::ItemImpl);
    object::of_impl(arguments.into(), item).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Declares a type of the schema by the fields of a struct, as async-graphql's `SimpleObject` does; all of them are
/// plain. `#[graphql(name = "...")]` on the struct, `#[graphql(name, deprecation, skip)]` on fields; what
/// `InputObject` reads is left to it.
#[proc_macro_derive(RowObject, attributes(graphql))]
pub fn derive_row_object(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as syn::DeriveInput);
    object::of_struct(&item).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Declares an interface of the schema by an enum of the types that have it, as async-graphql's `Interface` does:
/// `#[graphql(field(name = "...", ty = "...", desc = "..."))]` for each field.
#[proc_macro_derive(RowInterface, attributes(graphql))]
pub fn derive_row_interface(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as syn::DeriveInput);
    interface::of_enum(&item).unwrap_or_else(|error| error.to_compile_error()).into()
}
