//! Where values are written: into the engine's tree, or straight into JSON text.

use std::io;

use async_graphql::{Name, Response, Value};
use serde::Serialize;

/// Data of a request whose response [`to_json`] writes. Only then are lists and objects without loaded fields
/// written as text at once: they travel through the response as bytes, which any other serialiser would take
/// for an array of numbers.
pub struct Text;

/// What a value is written into.
pub enum Out {
    /// The engine's value: each write replaces it, and whoever writes a list or an object takes it out.
    Tree(Value),
    /// JSON text: each write is added.
    Text(Vec<u8>),
}

impl Out {
    /// Text, or a tree.
    pub(crate) fn new(text: bool) -> Out {
        if text { Out::Text(Vec::with_capacity(256)) } else { Out::Tree(Value::Null) }
    }

    /// The text so far.
    pub(crate) fn text(&mut self) -> Option<&mut Vec<u8>> {
        match self {
            Out::Tree(_) => None,
            Out::Text(text) => Some(text),
        }
    }

    /// Where the next value begins, for [`Out::back_to`].
    pub(crate) fn mark(&self) -> usize {
        match self {
            Out::Tree(_) => 0,
            Out::Text(text) => text.len(),
        }
    }

    /// Takes back what was written since.
    pub(crate) fn back_to(&mut self, mark: usize) {
        match self {
            Out::Tree(value) => *value = Value::Null,
            Out::Text(text) => text.truncate(mark),
        }
    }

    /// Takes the tree's value out; nothing of a text.
    pub(crate) fn take(&mut self) -> Value {
        match self {
            Out::Tree(value) => std::mem::take(value),
            Out::Text(_) => Value::Null,
        }
    }

    /// What was written, as the engine carries it.
    pub(crate) fn finish(self) -> Value {
        match self {
            Out::Tree(value) => value,
            Out::Text(text) if text == b"null" => Value::Null,
            Out::Text(text) => Value::Binary(text.into()),
        }
    }

    /// Writes null.
    pub fn null(&mut self) {
        match self {
            Out::Tree(value) => *value = Value::Null,
            Out::Text(text) => text.extend_from_slice(b"null"),
        }
    }

    /// Writes a string.
    pub fn str(&mut self, string: &str) {
        match self {
            Out::Tree(value) => *value = Value::String(string.to_owned()),
            Out::Text(text) => write_string(text, string),
        }
    }

    /// Writes the value of an enumeration.
    pub fn name(&mut self, name: &str) {
        match self {
            Out::Tree(value) => *value = Value::Enum(Name::new(name)),
            Out::Text(text) => write_string(text, name),
        }
    }

    /// Writes a whole number.
    pub fn int(&mut self, number: i64) {
        match self {
            Out::Tree(value) => *value = Value::from(number),
            Out::Text(text) => write(text, &number),
        }
    }

    /// Writes any value of the engine.
    pub fn value(&mut self, given: Value) {
        match self {
            Out::Tree(value) => *value = given,
            Out::Text(text) => write(text, &given),
        }
    }
}

/// Writing to memory fails for no value of the engine; null in case it did.
fn write<T: Serialize + ?Sized>(text: &mut Vec<u8>, value: &T) {
    let mark = text.len();
    if serde_json::to_writer(&mut *text, value).is_err() {
        text.truncate(mark);
        text.extend_from_slice(b"null");
    }
}

/// Most strings need no escaping: one look at all bytes, which the compiler makes of wide instructions, tells.
fn write_string(text: &mut Vec<u8>, string: &str) {
    let special = |byte: u8| (byte < b' ') | (byte == b'"') | (byte == b'\\');
    if string.bytes().fold(false, |found, byte| found | special(byte)) {
        return write(text, string);
    }
    text.reserve(string.len() + 2);
    text.push(b'"');
    text.extend_from_slice(string.as_bytes());
    text.push(b'"');
}

/// Compact JSON in which the bytes of [`Out::Text`] stand as they are.
struct Verbatim;

impl serde_json::ser::Formatter for Verbatim {
    fn write_byte_array<W: ?Sized + io::Write>(&mut self, writer: &mut W, text: &[u8]) -> io::Result<()> {
        writer.write_all(text)
    }
}

/// A response as JSON: with [`write_json`] the only way to write one whose request holds [`Text`], and right for all.
pub fn to_json(response: &Response) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(1024 + written(&response.data));
    write_json(response, &mut text)?;
    Ok(text)
}

/// Writes what holds responses as JSON.
pub fn write_json<T: Serialize + ?Sized>(value: &T, text: &mut Vec<u8>) -> serde_json::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(text, Verbatim))
}

/// How much text stands in a value, not looking into lists.
fn written(value: &Value) -> usize {
    match value {
        Value::Binary(text) => text.len(),
        Value::Object(members) => members.values().map(written).sum(),
        _ => 0,
    }
}
