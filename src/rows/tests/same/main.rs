//! Row objects answer byte for byte as the engine's own derive does.
#![expect(clippy::unwrap_used, reason = "a test may end so")]

mod answers;
mod loading;
mod schema;

use schema::{mixed, ours, theirs};

#[test]
fn the_schema_is_the_same() {
    let options = async_graphql::SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    let expected = theirs::schema().sdl_with_options(options);
    assert_eq!(ours::schema().sdl_with_options(options), expected);
    assert_eq!(mixed::schema().sdl_with_options(options), expected);
    assert_eq!(ours::schema().sdl(), theirs::schema().sdl());
}
