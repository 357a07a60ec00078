//! The validated tree in the engine's own form.

use std::collections::HashMap;
use std::mem::size_of;

use apollo_compiler::{Node, ast};
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    BaseType, Directive, Field, FragmentDefinition, FragmentSpread, InlineFragment, OperationDefinition, OperationType,
    Selection, SelectionSet, Type, TypeCondition, VariableDefinition,
};
use async_graphql::{Name, Number, Positioned};
use async_graphql_value::Value;

use super::position::Lines;
use super::refusal::Denial;
use super::roots;
use kernel::error::ErrorCode;
use kernel::i18n::Message;

/// Converts one document; counts what it makes, for the cache's sake.
pub(super) struct Converter<'d> {
    lines: &'d Lines<'d>,
    tree: &'d ast::Document,
    bytes: usize,
    /// Equal names share their text: copying a document for a request then copies no text at all.
    names: HashMap<String, Name>,
}

type Arguments = Vec<(Positioned<Name>, Positioned<Value>)>;

impl<'d> Converter<'d> {
    pub fn new(lines: &'d Lines<'d>, tree: &'d ast::Document) -> Converter<'d> {
        Converter { lines, tree, bytes: 0, names: HashMap::new() }
    }

    /// Roughly the memory of all that was converted.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn fragments(&mut self) -> Result<HashMap<Name, Positioned<FragmentDefinition>>, Denial> {
        let mut converted = HashMap::new();
        for fragment in self.tree.definitions.iter().filter_map(ast::Definition::as_fragment_definition) {
            let definition = FragmentDefinition {
                type_condition: self.condition(&fragment.type_condition),
                directives: self.directives(&fragment.directives)?,
                selection_set: self.selections(&fragment.selection_set)?,
            };
            let definition = Positioned::new(definition, self.lines.of(fragment.location()));
            converted.insert(self.shared(&fragment.name), definition);
        }
        Ok(converted)
    }

    pub fn operation(
        &mut self,
        operation: &Node<ast::OperationDefinition>,
    ) -> Result<Positioned<OperationDefinition>, Denial> {
        let mut variable_definitions = Vec::with_capacity(operation.variables.len());
        for variable in &operation.variables {
            variable_definitions.push(self.variable(variable)?);
        }
        let selections = roots::of(operation, self.tree, self.lines)?;
        let definition = OperationDefinition {
            ty: match operation.operation_type {
                ast::OperationType::Query => OperationType::Query,
                ast::OperationType::Mutation => OperationType::Mutation,
                ast::OperationType::Subscription => OperationType::Subscription,
            },
            variable_definitions,
            directives: self.directives(&operation.directives)?,
            selection_set: self.selections(&selections)?,
        };
        Ok(Positioned::new(definition, self.lines.of(operation.location())))
    }

    fn variable(&mut self, variable: &Node<ast::VariableDefinition>) -> Result<Positioned<VariableDefinition>, Denial> {
        let default_value = match &variable.default_value {
            None => None,
            Some(default) => {
                let value = self.value(default)?;
                // Validation has seen to it that a default holds no variable.
                value.node.into_const().map(|constant| Positioned::new(constant, value.pos))
            }
        };
        let definition = VariableDefinition {
            name: self.name(&variable.name),
            var_type: Positioned::new(self.type_of(&variable.ty), self.lines.of(variable.ty.location())),
            directives: self.directives(&variable.directives)?,
            default_value,
        };
        self.bytes += size_of::<VariableDefinition>();
        Ok(Positioned::new(definition, self.lines.of(variable.location())))
    }

    fn type_of(&mut self, ty: &ast::Type) -> Type {
        let (base, nullable) = match ty {
            ast::Type::Named(name) => (BaseType::Named(self.shared(name)), true),
            ast::Type::NonNullNamed(name) => (BaseType::Named(self.shared(name)), false),
            ast::Type::List(item) => (BaseType::List(Box::new(self.type_of(item))), true),
            ast::Type::NonNullList(item) => (BaseType::List(Box::new(self.type_of(item))), false),
        };
        Type { base, nullable }
    }

    fn selections(&mut self, selections: &[ast::Selection]) -> Result<Positioned<SelectionSet>, Denial> {
        let mut items = Vec::with_capacity(selections.len());
        for selection in selections {
            let pos = self.lines.of(selection.location());
            let converted = match selection {
                ast::Selection::Field(field) => Selection::Field(Positioned::new(self.field(field)?, pos)),
                ast::Selection::FragmentSpread(spread) => {
                    let spread = FragmentSpread {
                        fragment_name: self.name(&spread.fragment_name),
                        directives: self.directives(&spread.directives)?,
                    };
                    Selection::FragmentSpread(Positioned::new(spread, pos))
                }
                ast::Selection::InlineFragment(inline) => {
                    let inline = InlineFragment {
                        type_condition: inline.type_condition.as_ref().map(|name| self.condition(name)),
                        directives: self.directives(&inline.directives)?,
                        selection_set: self.selections(&inline.selection_set)?,
                    };
                    Selection::InlineFragment(Positioned::new(inline, pos))
                }
            };
            items.push(Positioned::new(converted, pos));
        }
        self.bytes += items.len() * size_of::<Positioned<Selection>>();
        // A selection set's own place is that of its first selection: nothing but a refusal of the
        // engine's, which the gate forestalls, would ever show it.
        let pos = items.first().map(|item| item.pos).unwrap_or_default();
        Ok(Positioned::new(SelectionSet { items }, pos))
    }

    fn field(&mut self, field: &Node<ast::Field>) -> Result<Field, Denial> {
        Ok(Field {
            alias: field.alias.as_ref().map(|alias| self.name(alias)),
            name: self.name(&field.name),
            arguments: self.arguments(&field.arguments)?,
            directives: self.directives(&field.directives)?,
            selection_set: self.selections(&field.selection_set)?,
        })
    }

    fn directives(&mut self, directives: &ast::DirectiveList) -> Result<Vec<Positioned<Directive>>, Denial> {
        self.bytes += directives.len() * size_of::<Positioned<Directive>>();
        let mut converted = Vec::with_capacity(directives.len());
        for directive in directives.iter() {
            let pos = self.lines.of(directive.location());
            let node = Directive { name: self.name(&directive.name), arguments: self.arguments(&directive.arguments)? };
            converted.push(Positioned::new(node, pos));
        }
        Ok(converted)
    }

    fn arguments(&mut self, arguments: &[Node<ast::Argument>]) -> Result<Arguments, Denial> {
        let mut converted = Vec::with_capacity(arguments.len());
        for argument in arguments {
            converted.push((self.name(&argument.name), self.value(&argument.value)?));
        }
        Ok(converted)
    }

    fn value(&mut self, value: &Node<ast::Value>) -> Result<Positioned<Value>, Denial> {
        let pos = self.lines.of(value.location());
        self.bytes += 2 * size_of::<Positioned<Value>>();
        let converted = match value.as_ref() {
            ast::Value::Null => Value::Null,
            ast::Value::Enum(name) => Value::Enum(self.shared(name)),
            ast::Value::Variable(name) => Value::Variable(self.shared(name)),
            ast::Value::String(text) => Value::String(text.clone()),
            ast::Value::Boolean(truth) => Value::Boolean(*truth),
            ast::Value::Int(number) => Value::Number(self.number(number.as_str(), value)?),
            ast::Value::Float(number) => Value::Number(self.number(number.as_str(), value)?),
            ast::Value::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items {
                    list.push(self.value(item)?.node);
                }
                Value::List(list)
            }
            ast::Value::Object(fields) => {
                let mut object = IndexMap::with_capacity(fields.len());
                for (name, value) in fields {
                    object.insert(self.shared(name), self.value(value)?.node);
                }
                Value::Object(object)
            }
        };
        Ok(Positioned::new(converted, pos))
    }

    /// A number of a custom scalar may be larger than any that the engine can hold.
    fn number(&self, text: &str, value: &Node<ast::Value>) -> Result<Number, Denial> {
        text.parse().map_err(|_| {
            let message = Message::new("gate-number-too-large").with("number", super::document::shorten(text, 50));
            Denial::one(ErrorCode::GraphqlValidationFailed, message, Some(self.lines.of(value.location())))
        })
    }

    fn condition(&mut self, name: &apollo_compiler::Name) -> Positioned<TypeCondition> {
        let on = self.name(name);
        Positioned::new(TypeCondition { on: on.clone() }, on.pos)
    }

    fn name(&mut self, name: &apollo_compiler::Name) -> Positioned<Name> {
        Positioned::new(self.shared(name), self.lines.of(name.location()))
    }

    fn shared(&mut self, name: &str) -> Name {
        if let Some(shared) = self.names.get(name) {
            return shared.clone();
        }
        let shared = Name::new(name);
        self.names.insert(name.to_owned(), shared.clone());
        shared
    }
}
