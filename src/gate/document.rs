//! From a text to a document that may be executed as often as one likes.

use std::collections::HashMap;

use apollo_compiler::ast;
use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::executable;
use apollo_compiler::parser::Parser;
use apollo_compiler::validation::{DiagnosticList, Valid};
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, FragmentDefinition, OperationDefinition, OperationType,
};
use async_graphql::{Name, Positioned};

use super::convert::Converter;
use super::cost::{Cost, Tariff};
use super::limits::{self, Limits};
use super::literals;
use super::position::Lines;
use super::refusal::{Denial, Fault};
use super::variables::Variable;
use kernel::error::ErrorCode;
use kernel::i18n::Message;

/// What the gate knows about one text: validated, measured, in the engine's own form.
#[derive(Debug)]
pub(super) struct Document {
    pub operations: Vec<Operation>,
    fragments: HashMap<Name, Positioned<FragmentDefinition>>,
    /// Roughly the bytes that it holds.
    pub weight: u32,
}

/// One operation of a document, with everything a request for it has to be held against.
#[derive(Debug)]
pub(super) struct Operation {
    pub name: Option<Name>,
    pub kind: OperationType,
    pub variables: Vec<Variable>,
    /// Whether it asks for the schema (`__schema`, `__type`); `__typename` gives nothing away.
    pub introspects: bool,
    pub cost: Cost,
    definition: Positioned<OperationDefinition>,
}

impl Document {
    /// The document as the engine wants it: its own copy, for it cuts away what is skipped, and only the
    /// operation that is asked for. Names are shared, so that a copy of two hundred fields takes about
    /// eight microseconds and one of five less than one: a thirtieth of parsing it again.
    pub fn for_engine(&self, operation: &Operation) -> ExecutableDocument {
        let definition = operation.definition.clone();
        let operations = match &operation.name {
            None => DocumentOperations::Single(definition),
            Some(name) => DocumentOperations::Multiple(HashMap::from([(name.clone(), definition)])),
        };
        ExecutableDocument { operations, fragments: self.fragments.clone() }
    }

    /// The operation that a request names (specification 6.1, GetOperation).
    pub fn operation(&self, name: Option<&str>) -> Result<&Operation, Denial> {
        let message = match (name, self.operations.as_slice()) {
            (None, [only]) => return Ok(only),
            (None, _) => Message::new("gate-operation-name-missing"),
            (Some(name), operations) => {
                if let Some(found) = operations.iter().find(|operation| operation.name.as_deref() == Some(name)) {
                    return Ok(found);
                }
                Message::new("gate-operation-unknown").with("name", shorten(name, 100))
            }
        };
        Err(Denial::one(ErrorCode::GraphqlValidationFailed, message, None))
    }

    /// Parses, measures and validates a text.
    ///
    /// The cheap checks come first, and each one bounds the work of those behind it: bytes, tokens and
    /// nesting while parsing, the extent of the expanded document before validation. The engine's
    /// parser has no part in it: its grammar differs from the specification's in places, and nested
    /// values overflow its stack. Its document is made from the validated tree instead.
    pub fn compile(text: &str, tariff: &Tariff, limits: &Limits) -> Result<Document, Denial> {
        if text.len() > limits.document_bytes {
            return Err(Denial::too_complex("gate-document-too-long", text.len(), limits.document_bytes));
        }
        let lines = Lines::new(text);
        let mut parser = Parser::new().recursion_limit(limits.recursion).token_limit(limits.tokens);
        let tree = match parser.parse_ast(text, "document") {
            Ok(tree) => tree,
            Err(_) if parser.tokens_reached() > limits.tokens => {
                return Err(Denial::too_complex("gate-too-many-tokens", parser.tokens_reached(), limits.tokens));
            }
            Err(_) if parser.recursion_reached() > limits.recursion => {
                return Err(Denial::too_complex("gate-text-too-nested", parser.recursion_reached(), limits.recursion));
            }
            Err(faults) => {
                return Err(denial(ErrorCode::GraphqlParseFailed, "gate-parse", &faults.errors, &lines, limits));
            }
        };
        limits::check(&tree, limits)?;
        let valid = tree.to_executable_validate(tariff.schema()).map_err(|faults| {
            denial(ErrorCode::GraphqlValidationFailed, "gate-validation", &faults.errors, &lines, limits)
        })?;
        if valid.operations.is_empty() {
            let message = Message::new("gate-no-operation");
            return Err(Denial::one(ErrorCode::GraphqlValidationFailed, message, None));
        }
        literals::check(&tree, &lines, limits)?;
        assemble(text, &tree, &valid, &lines, tariff)
    }
}

/// Puts a validated document together in the engine's form.
fn assemble(
    text: &str,
    tree: &ast::Document,
    valid: &Valid<executable::ExecutableDocument>,
    lines: &Lines<'_>,
    tariff: &Tariff,
) -> Result<Document, Denial> {
    let mut converter = Converter::new(lines, tree);
    let fragments = converter.fragments()?;
    let mut operations = Vec::with_capacity(valid.operations.len());
    for definition in tree.definitions.iter().filter_map(ast::Definition::as_operation_definition) {
        let name = definition.name.as_ref().map(|name| name.as_str());
        let Ok(checked) = valid.operations.get(name) else { continue };
        let converted = converter.operation(definition)?;
        operations.push(Operation {
            name: name.map(Name::new),
            kind: converted.node.ty,
            variables: Variable::all(definition, &converted.node),
            introspects: checked.root_fields(valid).any(|field| field.name == "__schema" || field.name == "__type"),
            cost: Cost::of(checked, valid, tariff),
            definition: converted,
        });
    }
    let weight = text.len().saturating_mul(2).saturating_add(converter.bytes());
    Ok(Document { operations, fragments, weight: u32::try_from(weight).unwrap_or(u32::MAX) })
}

/// The compiler's own findings, in English as it words them, with their places.
fn denial(code: ErrorCode, key: &'static str, found: &DiagnosticList, lines: &Lines<'_>, limits: &Limits) -> Denial {
    let faults = found.iter().take(limits.errors).map(|diagnostic| Fault {
        message: Message::new(key).with("detail", shorten(&diagnostic.error.to_string(), 300)),
        at: diagnostic.error.location().map(|span| lines.position(span.offset())),
        variable: None,
    });
    Denial::new(code, faults.collect())
}

/// A text that the client sent is repeated to it only so far: a name can be as long as a document.
pub(super) fn shorten(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
